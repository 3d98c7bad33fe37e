import Foundation
import Testing

/// A built program of the package, run as a person runs it.
struct Program {
    let url: URL

    init(url: URL) { self.url = url }

    /// - Parameter name: `continuo` or `continuod`; it lies beside the test bundle.
    init(_ name: String) throws {
        let executable = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? executable
        let beside = [bundle, executable].map {
            URL(fileURLWithPath: $0).deletingLastPathComponent().appendingPathComponent(name)
        }
        url = try #require(
            beside.first { FileManager.default.isExecutableFile(atPath: $0.path) },
            "\(name) does not lie beside the tests: swift build --build-tests builds it")
    }

    struct Outcome {
        var code: Int32
        var output: Data
        var error: String
        var text: String { String(decoding: output, as: UTF8.self) }
    }

    /// Runs it to its end.
    func run(_ arguments: [String], environment: [String: String] = [:]) async throws -> Outcome {
        let folder = try Folder()
        let files = try ["out", "err"].map { name -> FileHandle in
            _ = FileManager.default.createFile(atPath: folder.file(name), contents: nil)
            return try FileHandle(forWritingTo: URL(fileURLWithPath: folder.file(name)))
        }
        let process = process(arguments, environment)
        process.standardOutput = files[0]
        process.standardError = files[1]
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in continuation.resume() }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        let output = try Data(contentsOf: URL(fileURLWithPath: folder.file("out")))
        let error = try String(contentsOfFile: folder.file("err"), encoding: .utf8)
        // A signal's number would look like an exit code.
        let code = process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
        return Outcome(code: code, output: output, error: error)
    }

    /// Not started yet.
    func process(_ arguments: [String], _ environment: [String: String] = [:]) -> Process {
        let process = Process()
        process.executableURL = url
        process.arguments = arguments
        // A daemon of whoever runs the tests is left alone.
        process.environment = ProcessInfo.processInfo.environment.merging(["CONTINUO_SOCKET": "/nowhere/continuo.sock"])
        {
            $1
        }.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        return process
    }
}

/// A folder that disappears with the test.
final class Folder: Sendable {
    let path: String

    init() throws {
        path =
            FileManager.default.temporaryDirectory.appendingPathComponent("continuo-\(UUID().uuidString.prefix(8))")
            .path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
    func file(_ name: String) -> String { path + "/" + name }

    func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: file(name)))
        return file(name)
    }
}

/// The folder of the melodies that come with the package.
let exampleFolder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../Examples/melodies").standardized.path

/// One of the melodies that come with the package.
func example(_ name: String) -> String { "\(exampleFolder)/\(name).mid" }
