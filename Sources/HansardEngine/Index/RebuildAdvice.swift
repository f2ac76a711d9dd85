/// Who can have a unit built anew: 'hansard rebuild' knows the units of the chat domain, and copies
/// all others as they are.
enum RebuildAdvice {
    static let text =
        "rebuild with a program that keeps it, by 'hansard rebuild' for the chat domain's units and by "
        + "'Rebuilder' for others"
}
