import Foundation
import Testing

@testable import TrainingJobs

/// What a failed child said last, as a job's reason.
struct MessagesTests {
    private static let said: [(text: String, reason: String)] = [
        ("", ""),
        ("continuo: the filter leaves no song\n", "the filter leaves no song"),
        ("a table  1.0\nmore of it  2.0\ncontinuo: it is not released\n", "it is not released"),
        ("Error: no such option\nUsage: continuo train\n  See 'continuo train --help'\n", "no such option"),
        ("one\ntwo\nthree\nfour\n", "two; three; four"),
        (
            "continuo: a remark\nFatal error: out of range\n\u{1B}[1mhere\n",
            "a remark; Fatal error: out of range; [1mhere"
        ),
    ]

    @Test(arguments: said)
    func theProgramsOwnComplaintIsTheReason(_ text: String, _ reason: String) throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("said-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: file) }
        let before = "continuo: of an earlier child\n"
        try Data((before + text).utf8).write(to: URL(fileURLWithPath: file))
        #expect(Messages.reason(in: file, from: UInt64(before.utf8.count)) == reason)
    }
}
