import ConsoleAPI
import Foundation
import TestSupport
import Testing

@testable import BridgeDaemon

/// The desk with a program that writes down how often it was called; the real one renders in the command line's tests.
struct AudioDeskTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "audio-\(UUID().uuidString)")

    private func desk(_ script: String, limit: Int = 1 << 20, patience: Double = 20) throws -> AudioDesk {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let program = folder.appending(path: "continuo").path
        try "#!/bin/sh\n\(script)\n".write(toFile: program, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
        return AudioDesk(
            .init(
                folder: folder.path + "/audio", program: program, environment: ["PATH": "/usr/bin:/bin"], limit: limit,
                patience: patience))
    }

    /// `render MIDI --output FILE --stems`
    private static let writes = """
        echo call >>"$(dirname "$0")/calls"; cat "$2" >"$4"; printf 'low' >"${4%.*}-bass.${4##*.}"
        """
    private var calls: Int {
        ((try? String(contentsOf: folder.appending(path: "calls"), encoding: .utf8)) ?? "").split(separator: "\n").count
    }

    @Test func audioIsMadeOnceAndMadeAnewWhereTheBandIsAnother() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let desk = try desk(Self.writes)
        async let first = desk.audio(arrangement: 7, part: nil, format: .ogg, midi: [1, 2])
        async let second = desk.audio(arrangement: 7, part: "bass", format: .ogg, midi: [1, 2])
        #expect(try await first == [1, 2])
        #expect(try await second == Array("low".utf8))
        #expect(try await desk.audio(arrangement: 7, part: nil, format: .ogg, midi: [1, 2]) == [1, 2])
        #expect(calls == 1)
        #expect(try await desk.audio(arrangement: 7, part: nil, format: .flac, midi: [1, 2]) == [1, 2])
        #expect(try await desk.audio(arrangement: 7, part: nil, format: .ogg, midi: [3]) == [3])
        #expect(calls == 3)
        let error = await #expect(throws: APIError.self) {
            try await desk.audio(arrangement: 7, part: "pad", format: .ogg, midi: [3])
        }
        #expect(error?.status == 404)
    }

    @Test func aFailureIsToldInItsWordsAndLeavesNothing() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let desk = try desk("echo 'continuo: there is no sound font' >&2; exit 69")
        let error = await #expect(throws: APIError.self) {
            try await desk.audio(arrangement: 7, part: nil, format: .ogg, midi: [1])
        }
        #expect(error?.status == 503)
        #expect(error?.error.contains("there is no sound font") == true, "\(error as Any)")
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/audio")
        #expect(left.isEmpty, "\(left)")
    }

    @Test func aProgramThatHangsIsEnded() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let desk = try desk("exec sleep 600", patience: 0.2)
        let error = await #expect(throws: APIError.self) {
            try await desk.audio(arrangement: 7, part: nil, format: .ogg, midi: [1])
        }
        #expect(error?.error.contains("took longer") == true, "\(error as Any)")
    }

    @Test func whatWasNotHeardForTheLongestTimeMakesRoom() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let desk = try desk(Self.writes, limit: 2_500)
        let midi = [UInt8](repeating: 5, count: 500)  // kept twice, as the file and as its sound
        for id in [1, 2] as [Int64] { _ = try await desk.audio(arrangement: id, part: nil, format: .ogg, midi: midi) }
        // File systems tell times by the kernel's tick.
        try await Task.sleep(for: .milliseconds(50))
        _ = try await desk.audio(arrangement: 1, part: nil, format: .ogg, midi: midi)
        _ = try await desk.audio(arrangement: 3, part: nil, format: .ogg, midi: midi)
        let kept = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/audio").sorted()
        #expect(kept == ["1-ogg", "3-ogg"])
    }

    @Test func withoutTheProgramItSaysWhatIsMissing() async throws {
        let desk = AudioDesk(.init(folder: folder.path, program: nil, environment: [:]))
        let error = await #expect(throws: APIError.self) {
            try await desk.audio(arrangement: 1, part: nil, format: .ogg, midi: [1])
        }
        #expect(error?.status == 503 && error?.advice.contains("install it") == true)
    }
}
