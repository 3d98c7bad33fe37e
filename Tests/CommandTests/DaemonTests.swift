import ContinuoClient
import Foundation
import MIDI
import Music
import StandardMIDIFile
import Testing

/// The two programs together: the real daemon on a real socket, without a keyboard.
struct DaemonTests {
    @Test(.timeLimit(.minutes(2))) func aPerformedMelodyBecomesATakeWithABand() async throws {
        try await withDaemon { folder, run in
            let tune = try folder.write("tune.mid", MIDIFile(take: Self.tune).bytes)
            let performed = try await run(["perform", tune, "--record", "--seed", "5"])
            #expect(performed.code == 0, "\(performed.error)")
            #expect(performed.text.contains("heard    8 notes: 2 bars in 4/4 at 240 bpm"), "\(performed.text)")
            #expect(performed.text.contains("entered "), "\(performed.text)")

            let list = try await run(["takes", "list"])
            #expect(list.text.contains("console") && list.text.contains("240"), "\(list.text)")
            #expect(try await run(["takes", "show", "1"]).text.contains("pop"))

            let exported = try await run(["takes", "export", "-o", folder.file("band.mid")])
            #expect(exported.code == 0, "\(exported.error)")
            let band = try MIDIFile(bytes: [UInt8](Data(contentsOf: URL(fileURLWithPath: folder.file("band.mid")))))
            let parts = band.tracks.indices.filter { !band.notes(track: $0).isEmpty }
            #expect(parts.count >= 5, "the melody and at least four parts")

            let melody = try MIDIFile(
                bytes: [UInt8](try await run(["takes", "export", "1", "--melody", "-o", "-"]).output))
            #expect(melody.notes(track: 1).map(\.pitch.number) == Self.pitches)
            #expect(melody.notes(track: 1).map(\.onset) == (0..<8).map { $0 * 480 })
            let played = try await run(["takes", "export", "1", "--performance", "-o", "-"])
            let onsets = try MIDIFile(bytes: [UInt8](played.output)).notes(track: 1).map(\.onset)
            #expect(onsets.count == 8 && onsets != (0..<8).map { $0 * 480 }, "a person is not exact")

            #expect(try await run(["takes", "verify"]).text.contains("matches"))
            #expect(try await run(["takes", "tag", "1", "--add", "Evening"]).text == "take 1: evening\n")
            #expect(try await run(["takes", "rate", "1", "4"]).text == "take 1: ****-\n")
            #expect(try await run(["takes", "note", "1", "the good one"]).code == 0)
            #expect(try await run(["takes", "--words", "good eve", "--json"]).text.contains("\"rating\":4"))
            #expect(try await run(["takes", "--tag", "morning"]).text == "No take is like that.\n")
            #expect(try await run(["takes", "delete", "1"]).text.contains("takes restore 1"))
            #expect(try await run(["takes"]).text.contains("No takes yet"))
            #expect(try await run(["takes", "restore", "1"]).text == "take 1 is back\n")

            #expect(try await run(["status"]).text.contains("the band plays"))
            #expect(try await run(["stop"]).code == 0)
            #expect(try await run(["stop"]).code == 0)
            let again = try await run(["takes", "play", "1"])
            #expect(again.text.contains("take 1: 2 bars of 4/4 at 240"), "\(again.text) \(again.error)")
            #expect(try await run(["status"]).text.contains("the band plays"))
            #expect(try await run(["next"]).code == 0)
            #expect(try await run(["stop"]).code == 0)
        }
    }

    @Test(.timeLimit(.minutes(1))) func wishesAreAnsweredInWords() async throws {
        try await withDaemon { folder, run in
            #expect(try await run(["takes"]).text.contains("No takes yet"))
            #expect(try await run(["takes", "export", "-o", folder.file("x.mid")]).code == 75)
            #expect(try await run(["takes", "show", "99"]).code == 66)
            let play = try await run(["play"])
            #expect(play.code == 75)
            #expect(play.error.contains("nothing was played yet"))
            #expect(try await run(["meter", "5/4"]).code == 65)
            #expect(try await run(["genre", "polka"]).code == 66)
            #expect(try await run(["tempo", "96.5"]).text.contains("96.5"))
            #expect(try await run(["meter", "3/4"]).code == 0)
            let status = try await run(["status", "--json"])
            #expect(status.text.contains("\"meter\":\"3/4\"") && status.text.contains("\"tempo\":96.5"))
            #expect(try await run([]).text.contains("continuo record"))
        }
    }

    @Test(.timeLimit(.minutes(1))) func takesAreThereWithoutADaemonToo() async throws {
        let folder = try Folder()
        let state = ["HOME": folder.path, "XDG_STATE_HOME": folder.path, "XDG_RUNTIME_DIR": folder.path]
        func run(_ arguments: [String]) async throws -> Program.Outcome {
            try await Program("continuo").run(arguments, environment: state.merging(["CONTINUO_SOCKET": ""]) { $1 })
        }
        #expect(try await run(["takes"]).code == 69, "neither a daemon nor a store")
        try FileManager.default.createDirectory(atPath: folder.file("continuo"), withIntermediateDirectories: true)
        _ = FileManager.default.createFile(atPath: folder.file("continuo/continuo.sqlite"), contents: nil)
        let music = folder.file("music")
        try FileManager.default.createDirectory(atPath: music, withIntermediateDirectories: true)
        _ = try folder.write("music/b.mid", MIDIFile(take: Self.tune).bytes)
        _ = try folder.write("music/a.MID", Array("MThd nonsense".utf8))
        let imported = try await run(["takes", "import", music, "--tag", "sketch"])
        #expect(imported.code == 65)
        #expect(imported.text.hasPrefix("take 1: \(music)/b.mid, 8 notes, 2 bars in 4/4 at 240"), "\(imported.text)")
        #expect(
            imported.error.contains("a.MID") && imported.error.contains("1 file could not be imported; 1 take kept"))

        let list = try await run(["takes"])
        #expect(list.text.contains("sketch") && list.text.contains("imported"), "\(list.text)")
        #expect(list.error.contains("No daemon is running"))
        #expect(try await run(["takes", "show"]).text.contains("b.mid"))
        #expect(try await run(["takes", "play", "1"]).code == 69, "playing needs the daemon")
        for name in ["one.mid", "one.svg", "one.png"] {
            #expect(try await run(["takes", "export", "1", "--melody", "-o", folder.file(name)]).code == 0)
        }
        #expect(try String(contentsOfFile: folder.file("one.svg"), encoding: .utf8).contains("<svg"))
        let all = try await run(["takes", "export", "--folder", folder.file("all"), "--tag", "sketch"])
        #expect(all.text.hasSuffix("1 take in \(folder.file("all"))\n"), "\(all.text) \(all.error)")
        let copy = try MIDIFile(bytes: [UInt8](Data(contentsOf: URL(fileURLWithPath: folder.file("all/take-1.mid")))))
        #expect(copy.notes(track: 1).map(\.pitch.number) == Self.pitches)
        #expect(try await run(["takes", "export", "1", "-o", folder.file("x.doc")]).code == 64)
        let prepared = try await run(["data", "prepare", "--takes", "--tag", "sketch", "-o", folder.file("set")])
        #expect(prepared.code == 0, "\(prepared.error)")
        #expect(prepared.text.contains("takes: 1 work read, 0 songs kept"), "\(prepared.text)")
        #expect(prepared.text.contains("left out 1 times: it has fewer than 4 bars"))
    }

    static let pitches = [60, 62, 64, 65, 67, 65, 64, 60]

    /// Two bars of quarters; quick, so that the test is.
    static let tune = Take(
        phrase: Phrase(
            notes: pitches.enumerated().map { index, pitch in
                NoteEvent(pitch: Pitch(pitch), onset: .quarter * index, length: .quarter, velocity: .mezzoForte)
            }, meter: .fourFour, tempo: Tempo(quartersPerMinute: 240)!, bars: 2),
        performance: [], tempoMap: TempoMap(anchor: .zero, tempo: .moderate),
        origin: .init(keyboard: "file", trigger: "import"), isDamaged: false)

    /// Runs a daemon for a test; it ends with it.
    private func withDaemon(
        _ body: (Folder, ([String]) async throws -> Program.Outcome) async throws -> Void
    ) async throws {
        let folder = try Folder()
        let continuo = try Program("continuo")
        try await CommandTests.withDaemon(in: folder) { socket in
            try await body(folder) {
                try await continuo.run(
                    $0 + ($0.isEmpty ? [] : ["--socket", socket]), environment: ["CONTINUO_SOCKET": socket])
            }
        }
    }
}
