import Foundation
import Testing

struct LessonTests {
    private let folder: Folder
    private let continuo: Program

    init() throws {
        folder = try Folder()
        continuo = try Program("continuo")
    }

    private struct Report: Decodable {
        struct Band: Decodable {
            struct Part: Decodable { var notes: [[String: Int]] }
            var bars: Int
            var parts: [String: Part]
        }
        var band: Band
        var step: Int?
        var verdicts: [Double]
        var mean: Double { verdicts.reduce(0, +) / Double(max(1, verdicts.count)) }
    }

    private func lesson(_ options: String...) async throws -> Report {
        let outcome = try await continuo.run(["lesson"] + options + ["--json"])
        #expect(outcome.code == 0, "\(outcome.error)")
        return try JSONDecoder().decode(Report.self, from: outcome.output)
    }

    @Test func theSameIsShownTheSameAndTheDialMovesIt() async throws {
        let one = try await lesson("ode-to-joy")
        let again = try await lesson("ode-to-joy")
        #expect(
            one.band.parts.mapValues(\.notes) == again.band.parts.mapValues(\.notes) && one.verdicts == again.verdicts)
        #expect(one.verdicts.count == one.band.bars && one.verdicts.allSatisfy(\.isFinite))
        let moved = try await lesson("ode-to-joy", "--shift", "2")
        #expect(moved.band.parts.mapValues(\.notes) != one.band.parts.mapValues(\.notes))
    }

    @Test func theDiscriminatorHearsWhatDoesNotBelong() async throws {
        let real = try await lesson("ode-to-joy", "--by", "arranger")
        let strange = try await lesson("ode-to-joy", "--by", "stranger")
        #expect(real.step == nil && real.mean > strange.mean, "\(real.mean), \(strange.mean)")
        let young = try await lesson("ode-to-joy", "--step", "1240")
        #expect(young.step == 1240)
    }

    @Test func filesAreWrittenAndMistakesAreSaid() async throws {
        for suffix in ["mid", "png", "json"] {
            let file = folder.file("band.\(suffix)")
            let outcome = try await continuo.run(["lesson", "greensleeves", "-o", file])
            #expect(outcome.code == 0 && outcome.text.contains("verdict"), "\(outcome.error)")
            #expect((try Data(contentsOf: URL(fileURLWithPath: file))).count > 500)
        }
        let unknown = try await continuo.run(["lesson", "no-such-tune"])
        #expect(unknown.code == 66 && unknown.error.contains("no-such-tune"))
        let step = try await continuo.run(["lesson", "ode-to-joy", "--step", "7"])
        #expect(step.code == 66 && step.error.contains("1240"))
        #expect(try await continuo.run(["lesson", "ode-to-joy", "--shift", "9"]).code == 64)
        #expect(try await continuo.run(["lesson", "ode-to-joy", "-o", folder.file("x.doc")]).code == 65)
    }
}
