import Foundation
import Testing

@Suite struct FolderOrderTests {
    let repository: Repository

    init() throws { repository = try Repository.current.get() }

    @Test(arguments: FolderOrder.all.map(\.module)) func foldersReferDownwards(module: String) {
        let orders = FolderOrder.all.filter { $0.module == module }
        let findings = orders.flatMap { $0.findings(in: repository.files) }
        #expect(findings.isEmpty, "\(findings.map(\.description).joined(separator: "\n"))")
    }

    /// A public type that nothing but its own file names, and no function there returns, is not
    /// needed, or not tested.
    @Test func everyPublicTypeHasAUserOutsideItsFile() {
        let swift = repository.files.filter(\.isSwift)
        var users: [String: Set<String>] = [:]
        for file in swift {
            let code = file.text.replacingOccurrences(
                of: #"(?m)//.*$"#, with: "", options: .regularExpression)
            for name in identifiersAndMembers(in: code) {
                users[name, default: []].insert(file.path)
            }
        }
        let unused = swift.filter(\.isProduct).flatMap { file in
            publicTypes(in: file.text).filter { name in
                users[name, default: []].subtracting([file.path]).isEmpty
                    && !isMatch(file.text, #"public func [^{]*-> \[?\#(name)\b"#)
            }
        }
        #expect(unused == [])
    }

    // MARK: The alarm itself

    @Test func seesAReferenceUpwards() {
        let order = FolderOrder(module: "M", folders: ["Low", "High"])
        let low = sample("Sources/M/Low/A.swift", "package struct A {\n    let b: B\n}\n")
        let high = sample("Sources/M/High/B.swift", "struct B {\n    let a: A\n}\n")
        #expect(order.findings(in: [low, high]).map(\.line) == [2])
    }

    @Test func letsCommentsTextsAndMembersPass() {
        let order = FolderOrder(module: "M", folders: ["Low", "High"])
        let low = sample("Sources/M/Low/A.swift", "/// See B.\nlet a = \"B\" + C.B.text // B\n")
        let high = sample("Sources/M/High/B.swift", "struct B {}\n")
        #expect(order.findings(in: [low, high]).isEmpty)
    }

    @Test func seesAFolderWithoutAPlace() {
        let order = FolderOrder(module: "M", folders: ["Low"])
        #expect(order.findings(in: [sample("Sources/M/New/A.swift", "struct A {}")]).count == 1)
    }

    @Test func findsPublicTypes() {
        let text = "public final class A {}\n    public struct B {}\npublic enum C {}\nstruct D {}"
        #expect(publicTypes(in: text) == ["A", "C"])
    }
}
