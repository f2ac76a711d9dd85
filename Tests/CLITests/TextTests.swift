import Testing

@testable import HansardCLI

@Suite struct TextTests {
    @Test func wrapsAtSpacesAndWithinLongWords() {
        #expect(TextLayout.wrap("one two three", to: 8) == ["one two", "three"])
        #expect(TextLayout.wrap("one two", to: 7) == ["one two"])
        #expect(TextLayout.wrap("abcdefghij k", to: 4) == ["abcd", "efgh", "ij k"])
        #expect(TextLayout.wrap("a\n\nb", to: 4) == ["a", "", "b"])
        #expect(TextLayout.wrap("  indented text", to: 10) == ["  indented", "text"])
        #expect(TextLayout.wrap("漢字漢字", to: 5) == ["漢字", "漢字"])
        #expect(TextLayout.wrap("anything at all", to: nil) == ["anything at all"])
    }

    @Test func wrappingLosesNothingAndKeepsTheWidth() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            let text = String(
                (0..<100).map { _ in "ab 漢é ".randomElement(using: &generator) ?? " " })
            for width in 2...20 {
                let lines = TextLayout.wrap(text, to: width)
                #expect(lines.allSatisfy { TextLayout.columns(of: $0) <= width }, "\(text)")
                let (words, kept) = (text.filter { $0 != " " }, lines.joined().filter { $0 != " " })
                #expect(words == kept)
            }
        }
    }

    @Test func cutsToAWidth() {
        #expect(TextLayout.cut("abc", to: 3) == "abc")
        #expect(TextLayout.cut("abcd", to: 3) == "ab…")
        #expect(TextLayout.cut("漢字", to: 3) == "漢…")
        #expect(TextLayout.cut("漢字", to: 4) == "漢字")
        #expect(TextLayout.cut("", to: 3) == "")
    }

    @Test func figures() {
        #expect(Figures.grouped(0) == "0")
        #expect(Figures.grouped(999) == "999")
        #expect(Figures.grouped(88_812) == "88,812")
        #expect(Figures.grouped(-1_234_567) == "-1,234,567")
        #expect(Figures.bytes(999) == "999 B")
        #expect(Figures.bytes(12_116_297) == "12.1 MB")
        #expect(Figures.bytes(999_999) == "1.0 MB")
        #expect(Figures.duration(seconds: 3.2) == "4 s")
        #expect(Figures.duration(seconds: 125) == "2:05")
        #expect(Figures.duration(seconds: 3_725) == "1:02:05")
        #expect(Figures.counted(1, "message") == "1 message")
    }

    @Test func shellWords() {
        #expect(ShellWord.quoted("env/bash-1.2") == "env/bash-1.2")
        #expect(ShellWord.quoted("it's $HOME") == #"'it'\''s $HOME'"#)
        #expect(ShellWord.quoted("") == "''")
    }
}
