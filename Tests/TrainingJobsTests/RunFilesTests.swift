import ConsoleAPI
import Foundation
import Testing

@testable import TrainingJobs

struct RunFilesTests {
    private static func withRun(_ files: [String: String], _ body: (RunFiles) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("run-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, text) in files {
            let file = folder.appendingPathComponent(name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        try body(RunFiles(folder: folder.path))
    }

    @Test func aTableThatIsBeingWrittenIsRead() throws {
        let text = "step,stage,generator,real\n0,plan,,\n1,reconstruction,2.5,nan\n2,reconstruction,2.25,1\n3,recon"
        try Self.withRun(["losses.csv": text, "heldout.csv": "step,stage,score\n200,plan,\n"]) { run in
            let curves = run.curves
            #expect(curves.losses.columns == ["generator", "real"])
            #expect(curves.losses.rows.first == .init(step: 0, stage: "plan", values: [nil, nil]))
            #expect(curves.heldOut.rows == [.init(step: 200, stage: "plan", values: [nil])])
            #expect(curves.samples.isEmpty)
        }
        try Self.withRun([:]) { #expect($0.curves == JobCurvesReport()) }
        try Self.withRun(["losses.csv": "\u{0}\u{1}garbage"]) { #expect($0.curves.losses.rows.isEmpty) }
        try Self.withRun(["losses.csv": ""]) { #expect($0.curves.losses.rows.isEmpty) }
    }

    /// No step is counted twice, whatever lengths lines have, and the shape of the curve stays.
    @Test(arguments: [1, 7, 499, 501, 5_000, 200_000]) func aLongTableIsThinnedOutEvenly(count: Int) throws {
        var text = "step,stage,generator\n"
        for step in 0..<count {
            text += "\(step),\(step * 2 < count ? "plan" : "reconstruction"),\(Double(step) / Double(count))\n"
        }
        try Self.withRun(["losses.csv": text]) { run in
            let rows = run.curves.losses.rows
            #expect((1...501).contains(rows.count))
            #expect(rows.first?.step == 0)
            #expect(zip(rows, rows.dropFirst()).allSatisfy { $0.step < $1.step })
            #expect(zip(rows, rows.dropFirst()).allSatisfy { ($0.values[0] ?? 1) < ($1.values[0] ?? 0) })
            if count > 5_000 {
                #expect(rows.count > 400)
                #expect((rows.last?.step ?? 0) > count * 99 / 100 - 500)
                #expect(rows.contains { $0.stage == "plan" } && rows.last?.stage == "reconstruction")
            }
        }
    }

    @Test func samplesAreListedAndGivenOut() throws {
        let files = [
            "checkpoints/800/melody-1.png": "a", "checkpoints/800/melody-1.mid": "b",
            "checkpoints/800/melody-2.png": "c",
            "checkpoints/1200/melody-1.ogg": "d", "checkpoints/1200/../../secret.mid": "x",
            "checkpoints/1200/notes.txt": "",
        ]
        try Self.withRun(files) { run in
            let samples = run.curves.samples
            #expect(
                samples == [
                    .init(step: 800, melody: 1, formats: ["mid", "png"]), .init(step: 800, melody: 2, formats: ["png"]),
                    .init(step: 1200, melody: 1, formats: ["ogg"]),
                ])
            #expect(run.sample(step: 800, melody: 2, format: .picture) == Array("c".utf8))
            #expect(run.sample(step: 800, melody: 2, format: .audio) == nil)
            #expect(run.sample(step: -1, melody: 1, format: .midi) == nil)
        }
    }
}
