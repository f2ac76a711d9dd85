import HansardBindings

/// The style of readable output: colours only on a terminal, and not where `NO_COLOR` asks for
/// none.
struct Style {
    private let isColoured: Bool
    /// Columns to fit text into; nil when the output is no terminal, so that nothing is cut.
    let columns: Int?

    /// For standard output as it is.
    static var output: Style {
        let isTerminal = StandardStream.output.isTerminal
        let isPlain = ProcessEnvironment["NO_COLOR"] != nil || ProcessEnvironment["TERM"] == "dumb"
        return Style(
            isColoured: isTerminal && !isPlain,
            columns: isTerminal ? max(40, StandardStream.output.terminalColumns ?? 80) : nil)
    }

    init(isColoured: Bool, columns: Int?) {
        self.isColoured = isColoured
        self.columns = columns
    }

    func bold(_ text: String) -> String { marked(text, "1") }
    func dim(_ text: String) -> String { marked(text, "2") }
    func accent(_ text: String) -> String { marked(text, "36") }
    func warning(_ text: String) -> String { marked(text, "31") }

    private func marked(_ text: String, _ code: String) -> String {
        isColoured ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
