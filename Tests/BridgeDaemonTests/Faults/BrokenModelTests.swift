import ConsoleAPI
import ContinuoClient
import Foundation
import Generation
import Glibc
import Installation
import Logging
import Music
import TestSupport
import Testing

@testable import BridgeDaemon

/// Model files that are broken in every way that a disk, a download or a hand can break them.
@Suite(.serialized, .timeLimit(.minutes(2))) struct BrokenModelTests {
    private let folder: TemporaryFolder
    /// A model that can be used, as bytes.
    private let good: [UInt8]

    init() throws {
        folder = try TemporaryFolder()
        let shipped = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "../../../models/pop.safetensors")
        good = [UInt8](try Data(contentsOf: shipped))
    }

    /// Where the tensors begin.
    private var dataStart: Int { 8 + good[..<8].reversed().reduce(0) { $0 << 8 | Int($1) } }

    private enum Break: String, CaseIterable {
        case truncated, emptied, header, shape, infinite, immense
    }

    /// Writes a broken file.
    private func write(_ kind: Break, to path: String) throws {
        var bytes = good
        switch kind {
        case .truncated: bytes = Array(good.prefix(good.count / 2))
        case .emptied: bytes = []
        case .header: bytes[12] ^= 0x10
        case .shape:
            // The same data, said to be of another shape.
            let header = String(decoding: good[8..<dataStart], as: UTF8.self)
            let found = try #require(header.firstMatch(of: /"shape":\[(\d+),(\d+)\]/))
            let swapped = header.replacing(
                String(found.0), with: "\"shape\":[\(found.2),\(found.1)]", maxReplacements: 1)
            #expect(found.1 != found.2 && swapped.utf8.count == header.utf8.count)
            bytes = Array(good[..<8]) + Array(swapped.utf8) + Array(good[dataStart...])
        case .infinite:
            // Halves that are no number.
            for index in stride(from: dataStart, to: good.count - 1, by: 2) {
                (bytes[index], bytes[index + 1]) = (0, 0x7E)
            }
        case .immense:
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            try #require(truncate(path, 5 << 30) == 0)
            return
        }
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    @Test func eachIsSaidTheArrangerPlaysInsteadAndMemoryDoesNotGrow() async throws {
        let own = "\(folder.path)/.local/state/continuo/models"
        try FileManager.default.createDirectory(atPath: own, withIntermediateDirectories: true)
        for kind in Break.allCases { try write(kind, to: "\(own)/\(kind.rawValue).safetensors") }
        // Waiting for a writer that never comes would keep the band from ever answering again.
        try #require(mkfifo("\(own)/pipe.safetensors", 0o600) == 0)
        let genres = Break.allCases.map(\.rawValue) + ["pipe"]

        let daemon = try await DaemonProcess.ready(in: folder)
        let events = try await EventLog(daemon.client)
        try await daemon.recordTake(bars: 1, following: events)
        try await eventually("a band plays", within: .seconds(30)) { events.bandNoteOns > 0 }
        let before = try await figures(daemon)
        for genre in genres {
            try await daemon.client.perform(.genre(try #require(Genre(rawValue: genre))))
            try await eventually("\(genre) is said", within: .seconds(30)) {
                let problems = (try? await daemon.client.status().problems) ?? []
                return problems.contains { $0.contains("\(genre).safetensors") && $0.contains("instead") }
            }
            try await eventually("\(genre) is played", within: .seconds(30)) {
                events.arrangements.contains { $0.genre == genre || $0.accompanist == "arranger" }
            }
        }
        let after = try await figures(daemon)
        #expect(after.memory - before.memory < 200 << 20, "grew by \((after.memory - before.memory) >> 20) MB")
        // None of them was thought to be a model.
        #expect(
            after.samples.allSatisfy {
                $0.labels["accompanist"] != "network" || !genres.contains($0.labels["genre"] ?? "")
            })
        try await daemon.client.perform(.genre(.pop))
        try await eventually("a whole model is used") { (try? await daemon.client.status().problems) == [] }
        #expect(daemon.isRunning)
    }

    private func figures(_ daemon: DaemonProcess) async throws -> (memory: Int, samples: [ExpositionReader.Sample]) {
        let read = try ExpositionReader(try await daemon.client.metrics())
        return (Int(try #require(read.value("process_resident_memory_bytes"))), read.samples)
    }

    @Test func aFlippedBitIsRefusedOrPlaysNotesThatCanBePlayed() async throws {
        let phrase = Phrase(
            notes: (0..<16).map {
                NoteEvent(
                    pitch: Pitch([60, 64, 67, 72][$0 % 4]), onset: .steps($0 * 12), length: .steps(12),
                    velocity: .mezzoForte)
            }, meter: .fourFour, tempo: .moderate, bars: 4)
        var random = SeededGenerator(seed: 7)
        var (refused, played) = (0, 0)
        for round in 0..<longCount(24, full: 1_000) {
            var bytes = good
            // Half of them in the header, and half in the highest bits of weights, which change them most.
            let index =
                round % 2 == 0
                ? Int.random(in: 0..<dataStart, using: &random)
                : dataStart + 1 + 2 * Int.random(in: 0..<(good.count - dataStart) / 2, using: &random)
            let bit = round % 2 == 0 ? Int.random(in: 0..<8, using: &random) : 6
            bytes[index] ^= 1 << UInt8(bit)
            guard let model = try? GenreModel(bytes: bytes) else {
                refused += 1
                continue
            }
            let band = NetworkAccompanist(model: model).accompany(phrase, request: AccompanimentRequest(seed: 3))
            #expect(
                band.parts.values.joined().allSatisfy {
                    $0.onset >= .zero && $0.onset < phrase.length && $0.length > .zero
                },
                "byte \(index), bit \(bit)")
            played += 1
        }
        #expect(refused > 0 && played > 0)
    }

    @Test func noModelThatACardCanNameIsTooLarge() {
        let widest = GeneratorNetwork(widths: .init(step: 1024, sixteenth: 1024, beat: 1024, bar: 1024))
        let weights = (widest.shapes + PlanNetwork().shapes).reduce(0) { $0 + $1.shape.reduce(1, *) }
        #expect(weights * 4 < ModelFile.largest, "\(weights * 4 >> 20) MB")
    }

    @Test func whatIsNoFileIsNotRead() throws {
        #expect(throws: ModelFile.Refusal.self) { try ModelFile.read(folder.path) }
        #expect(throws: ModelFile.Refusal.self) { try ModelFile.read("/dev/zero") }
        let refusal = #expect(throws: ModelFile.Refusal.self) { try ModelFile.read("\(folder.path)/none") }
        #expect(refusal?.description == "it cannot be opened: No such file or directory")
        try folder.write("abc", to: "small")
        #expect(try ModelFile.read("\(folder.path)/small", largest: 3) == Array("abc".utf8))
        #expect(throws: ModelFile.Refusal.self) { try ModelFile.read("\(folder.path)/small", largest: 2) }
    }
}
