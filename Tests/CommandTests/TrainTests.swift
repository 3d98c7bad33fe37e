import Foundation
import Testing

/// `continuo train`: what wins over what, and going on.
struct TrainTests {
    private let folder: Folder
    private let continuo: Program

    init() throws {
        folder = try Folder()
        continuo = try Program("continuo")
    }

    /// Twelve songs of eight bars, as lead sheets.
    private func songs() throws -> String {
        let lines = (0..<12).map { song in
            let bars = (0..<8).map { bar in
                let notes = (0..<4).map { beat in
                    "[\(beat * 12),12,\(60 + [0, 2, 4, 5, 7, 9, 11, 12][(bar * (song % 3 + 1) + beat * (song + 1)) % 8])]"
                }
                return
                    "{\"len\":48,\"notes\":[\(notes.joined(separator: ","))],\"chords\":[[0,\([0, 5, 7, 9][bar % 4]),\"major\"]]}"
            }
            return
                "{\"id\":\(song),\"title\":\"Song \(song)\",\"metre\":\"4/4\",\"genres\":[],\"bars\":[\(bars.joined(separator: ","))]}"
        }
        return try folder.write("songs.jsonl", Array((lines.joined(separator: "\n") + "\n").utf8))
    }

    private func configuration(_ run: String) throws -> [String: Any] {
        let data = try Data(contentsOf: URL(fileURLWithPath: "\(run)/configuration.json"))
        let description = try JSONSerialization.jsonObject(with: data) as? [String: Any]
        return try #require(description?["configuration"] as? [String: Any])
    }

    @Test func anOptionWinsOverThePresetAndARunGoesOnWithoutAny() async throws {
        let run = folder.file("run")
        let begun = try await continuo.run([
            "train", "--data", try songs(), "--genre", "waltz", "--preset", "quick", "--plan-steps", "2", "--steps",
            "1",
            "--adversarial-steps=0", "--batch", "2", "--width", "small", "--renderings", "1", "--samples", "none",
            "--threads", "1", "--run", run, "--json",
        ])
        #expect(begun.code == 0, "\(begun.error)")
        let settings = try configuration(run)
        #expect(settings["planSteps"] as? Int == 2 && settings["steps"] as? Int == 1)
        #expect(settings["adversarialSteps"] as? Int == 0)
        #expect(settings["checkpointEvery"] as? Int == 200, "the preset's, where nothing else was said")
        let model = try Data(contentsOf: URL(fileURLWithPath: "\(run)/model.safetensors"))

        // As a run that was interrupted before its model was written.
        try FileManager.default.removeItem(atPath: "\(run)/model.safetensors")
        let resumed = try await continuo.run(["train", "--resume", run, "--json"])
        #expect(resumed.code == 0, "\(resumed.error)")
        #expect(resumed.text.contains("\"event\":\"end\"") && resumed.text.contains("\"step\":3"))
        #expect(try Data(contentsOf: URL(fileURLWithPath: "\(run)/model.safetensors")) == model)
        #expect(try await continuo.run(["train", "--run=\(run)", "--resume"]).code == 0)

        let other = try await continuo.run(["train", "--resume", run, "--steps", "2"])
        #expect(other.code == 65 && other.error.contains("has other settings"), "\(other.error)")
        let nowhere = try await continuo.run(["train", "--resume", folder.file("nowhere")])
        #expect(nowhere.code == 64 && nowhere.error.contains("--data"), "\(nowhere.error)")
    }
}
