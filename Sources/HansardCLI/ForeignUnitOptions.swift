import ArgumentParser
import Hansard
import HansardProjections

/// `--without-foreign-units`, on the verbs that could lose what another program keeps in the index.
struct ForeignUnitOptions: ParsableArguments {
    @Flag(
        help: ArgumentHelp(
            "Leave out units of other programs, which must then build them again."))
    var withoutForeignUnits = false

    /// The units that are no other program's; nil when those may be lost.
    var known: [ProjectionUnit]? { withoutForeignUnits ? nil : ChatUnits.all }
}
