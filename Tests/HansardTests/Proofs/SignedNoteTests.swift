import Hansard
import Testing

@testable import HansardEngine
@testable import HansardOperations

@Suite struct SignedNoteTests {
    /// The key and note in the documentation of Go's sumdb/note, whose format C2SP took over.
    static let publicText = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    static let secretText =
        "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
    static let text = """
        If you think cryptography is the answer to your problem,
        then you don't know what your problem is.

        """
    static let note = """
        \(text)
        \u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=

        """

    @Test func theSharedExampleVerifies() throws {
        let key = try #require(NoteKey(Self.publicText))
        #expect(key.description == Self.publicText)
        let note = try SignedNote(Self.note)
        #expect(note.text == Self.text)
        #expect(note.note == Self.note)
        #expect(try note.verified(by: [key]) == [key])
        let signer = try #require(NoteSigner(secretText: Self.secretText))
        #expect(signer.key == key)
        #expect(signer.secretText == Self.secretText)
        let again = try SignedNote(signing: Self.text, with: [signer])
        #expect(try again.verified(by: [key]) == [key])
    }

    @Test func aChangedNoteIsRefused() throws {
        let key = try #require(NoteKey(Self.publicText))
        let changed = try SignedNote(Self.note.replacing("don't know", with: "do know"))
        #expect(code { try changed.verified(by: [key]) } == .invalidProof)
        let other = try NoteSigner(newFor: "PeterNeumann").key
        #expect(code { try SignedNote(Self.note).verified(by: [other]) } == .untrustedKey)
        #expect(code { try SignedNote(Self.note).verified(by: []) } == .untrustedKey)
    }

    @Test(arguments: [
        "", "\n", "text\n", "text\n\n", "\n\u{2014} a AAAAAAA=\n", "text\n\n- a AAAAAAA=\n",
        "text\n\n\u{2014} a AAAA\n", "text\n\n\u{2014} a+b AAAAAAA=\n",
        "text\n\n\u{2014} a  AAAAAAA=\n",
        "text\n\n\u{2014} a AAAAAAA=", "te\u{7}xt\n\n\u{2014} a AAAAAAA=\n",
        "text\n\n\u{2014} a AAAAAAA\n",
    ]) func malformedNotesAreRefused(note: String) {
        #expect(code { _ = try SignedNote(note) } == .invalidProof)
    }

    @Test(arguments: [
        "", "a", "a+b", "a+00000000+AAAA", publicText.replacing("c74f", with: "C74F"),
        publicText.replacing("c74f20a3", with: "c74f20a4"),
        publicText.replacing("+AR", with: "+BR"),
        publicText.replacing("Peter", with: "Peter "), secretText,
    ]) func malformedKeysAreRefused(text: String) {
        #expect(NoteKey(text) == nil)
        #expect(NoteSigner(secretText: "PRIVATE+KEY+" + text) == nil)
    }

    @Test func checkpointsComeBack() throws {
        let signer = try NoteSigner(newFor: "hansard/log")
        let checkpoint = Checkpoint(origin: "hansard/log", size: 7, root: .emptyRoot)
        let signed = try SignedCheckpoint(signing: checkpoint, with: [signer])
        let back = try SignedCheckpoint(signed.note.note)
        #expect(back == signed)
        try back.check(keys: [signer.key], origin: "hansard/log")
        #expect(code { try back.check(keys: [signer.key], origin: "hansard/other") } == .otherLog)
        // Extension lines belong to the signed text and are passed over.
        #expect(try Checkpoint(text: checkpoint.text + "more\n") == checkpoint)
        for text in [
            "a\n07\n\(MerkleHash.emptyRoot)\n", "a\n7\nAAAA\n", "a\n7\n",
            "a\n-1\n\(MerkleHash.emptyRoot)\n",
        ] {
            #expect(code { _ = try Checkpoint(text: text) } == .invalidProof)
        }
    }
}
