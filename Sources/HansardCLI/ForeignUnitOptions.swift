import ArgumentParser
import Hansard
import HansardProjections

/// `--without-foreign-units`, on the verbs that could lose what another program keeps in the index.
struct ForeignUnitOptions: ParsableArguments {
    @Flag(
        help: ArgumentHelp(
            "Lose the index's units of other programs, which have to build them anew."))
    var withoutForeignUnits = false

    /// The units that are no other program's; nil when those may be lost.
    var known: [ProjectionUnit]? { withoutForeignUnits ? nil : ChatUnits.all }
}
