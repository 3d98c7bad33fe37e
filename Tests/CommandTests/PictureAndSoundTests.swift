import Foundation
import Testing

struct PictureAndSoundTests {
    let folder: Folder
    let continuo: Program

    init() throws {
        folder = try Folder()
        continuo = try Program("continuo")
    }

    private func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file(name))))
    }

    @Test func anArrangedFileIsDrawnWithItsChordsAndParts() async throws {
        let band = folder.file("band.mid")
        _ = try await continuo.run(["arrange", example("ode-to-joy"), "--arranger", "-o", band])
        let outcome = try await continuo.run(["draw", band, "-o", folder.file("band.svg"), "--title", "Ode & Joy"])
        #expect(outcome.code == 0, "\(outcome.error)")
        let svg = String(decoding: try bytes("band.svg"), as: UTF8.self)
        #expect(svg.contains("Ode &amp; Joy") && svg.contains(">drums<") && svg.contains("pop"))
        #expect(outcome.text.contains("D major"))
    }

    @Test func anyOtherFileIsDrawnByItsMelody() async throws {
        let outcome = try await continuo.run(
            ["draw", example("scarborough-fair"), "-o", folder.file("tune.png"), "--scale", "0.5"])
        #expect(outcome.code == 0, "\(outcome.error)")
        #expect(try bytes("tune.png").starts(with: [0x89, 0x50, 0x4E, 0x47]))
        #expect(outcome.error.contains("The melody was taken from track 1"))
    }

    @Test func aFileOfAnyKindIsRenderedAsItIs() async throws {
        // Two quarters at 120 a minute, then one at 240: 1.25 seconds.
        let track: [UInt8] =
            [0, 0x90, 60, 80, 0x87, 0x40, 0x80, 60, 0, 0, 0xFF, 0x51, 3, 0x03, 0xD0, 0x90]
            + [0, 0x90, 64, 80, 0x83, 0x60, 0x80, 64, 0, 0, 0xFF, 0x2F, 0]
        let file = ArrangeTests.header + Array("MTrk".utf8) + [0, 0, 0, UInt8(track.count)] + track
        let input = try folder.write("two.mid", file)
        let outcome = try await continuo.run(["render", input, "-o", folder.file("two.wav")])
        #expect(outcome.code == 0, "\(outcome.error)")
        let wav = try bytes("two.wav")
        #expect(wav.starts(with: Array("RIFF".utf8)))
        // 44,100 frames a second of four bytes; the sound's tail adds some seconds.
        #expect(wav.count > Int(1.25 * 176_400))
        #expect(outcome.text.contains("LUFS"))
    }

    @Test func programsReadWhatWasWrittenAsJSON() async throws {
        let band = folder.file("band.mid")
        let arranged = try await continuo.run(
            ["arrange", example("ode-to-joy"), "--arranger", "--seed", "7", "--json", "-o", band])
        let report = try #require(try JSONSerialization.jsonObject(with: arranged.output) as? [String: Any])
        #expect(report["file"] as? String == band && report["seed"] as? String == "7")
        #expect(report["meter"] as? String == "4/4" && report["key"] as? String == "D major")
        #expect((report["notes"] as? [String: Int])?["bass"] ?? 0 > 8)
        let sound = folder.file("band.ogg")
        let rendered = try await continuo.run(["render", band, "--json", "-o", sound])
        let audio = try #require(try JSONSerialization.jsonObject(with: rendered.output) as? [String: Any])
        #expect(abs((audio["loudness"] as? Double ?? 0) + 16) < 1, "\(rendered.text)")
        #expect(audio["peak"] as? Double ?? 1 <= -0.9)
        #expect(try await continuo.run(["arrange", example("ode-to-joy"), "--json", "-o", "-"]).code == 64)
    }

    @Test func aTrainingRunIsDrawnAsItsCurves() async throws {
        var table = "step,stage,generator,discriminator,plan,gradient_norm\n"
        for step in 0..<40 { table += "\(step),plan,,,\(5 - Double(step) / 20),1\n" }
        for step in 40..<80 { table += "\(step),adversarial,\(4 - Double(step) / 40),1.8,,2\n" }
        let losses = try folder.write("losses.csv", Array(table.utf8))
        for run in [losses, folder.file("")] {
            let outcome = try await continuo.run([
                "draw", run, "-o", folder.file("run.svg"), "--title", "My band", "--json",
            ])
            #expect(outcome.code == 0, "\(outcome.error)")
            let report = try #require(try JSONSerialization.jsonObject(with: outcome.output) as? [String: Any])
            #expect(report["steps"] as? Int == 80)
            #expect(report["curves"] as? [String] == ["Generator", "Discriminator", "Chords", "Gradient"])
            let svg = String(decoding: try bytes("run.svg"), as: UTF8.self)
            #expect(svg.contains("My band") && svg.contains(">it sees nothing<") && svg.contains("<polyline"))
        }
        let shown = try await continuo.run(["draw", losses])
        #expect(shown.code == 0 && shown.text.contains("Discriminator") && shown.text.contains("80 steps"))
        let broken = try folder.write("broken.csv", Array("step,stage,plan\n0,plan,x\n".utf8))
        let refused = try await continuo.run(["draw", broken])
        #expect(refused.code == 65 && refused.error.contains("line 2"))
    }

    @Test func withoutAFileTheBandIsDrawnInTheTerminal() async throws {
        let outcome = try await continuo.run(["draw", example("ode-to-joy")])
        #expect(outcome.code == 0, "\(outcome.error)")
        #expect(outcome.text.contains("ode-to-joy") && outcome.text.contains("|") || outcome.text.contains("│"))
        #expect(try await continuo.run(["draw", example("ode-to-joy"), "--json"]).code == 64)
    }

    @Test func anUnknownEndingIsWrongUsage() async throws {
        #expect(try await continuo.run(["render", example("ode-to-joy"), "-o", "x.aiff"]).code == 64)
        #expect(try await continuo.run(["draw", example("ode-to-joy"), "-o", "x.jpg"]).code == 64)
    }
}
