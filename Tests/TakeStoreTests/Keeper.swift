import Foundation
import Testing

/// The program `take-keeper`, running on a store.
final class Keeper {
    private let process = Process()
    private let output = Pipe()

    init(_ arguments: String...) throws {
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        process.executableURL = URL(fileURLWithPath: tests).deletingLastPathComponent()
            .appendingPathComponent("take-keeper")
        process.arguments = arguments
        process.standardOutput = output
        try process.run()
    }

    /// Waits until something was said.
    func waitForWord() throws -> Data {
        try #require(try output.fileHandleForReading.read(upToCount: 1))
    }

    func kill() { _ = Foundation.kill(process.processIdentifier, SIGKILL) }

    /// The lines that were said whole, after the end.
    func lines(after first: Data = Data()) throws -> [String] {
        let data = first + (try output.fileHandleForReading.readToEnd() ?? Data())
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self).components(separatedBy: "\n").dropLast()
    }
}

/// What the program said of a take that it had saved.
struct Acknowledged {
    let take: Int64
    let arrangement: Int64
    let number: Int

    init?(_ line: String) {
        let words = line.split(separator: " ")
        guard words.count == 4, words[0] == "saved", let take = Int64(words[1]), let answer = Int64(words[2]),
            let number = Int(words[3])
        else { return nil }
        (self.take, arrangement, self.number) = (take, answer, number)
    }
}
