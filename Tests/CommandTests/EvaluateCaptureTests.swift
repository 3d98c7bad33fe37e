import Foundation
import Testing

struct EvaluateCaptureTests {
    let folder: Folder
    let continuo: Program

    init() throws {
        folder = try Folder()
        continuo = try Program("continuo")
    }

    private func takes(_ name: String) throws -> [[String: Any]] {
        let data = try Data(contentsOf: URL(fileURLWithPath: folder.file(name)))
        let report = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        return try #require(report["takes"] as? [[String: Any]])
    }

    @Test func everyMelodyIsPlayedAndTheSameSeedPlaysItTheSame() async throws {
        for name in ["a.json", "b.json"] {
            let outcome = try await continuo.run([
                "evaluate", "capture", exampleFolder, "--takes-per-melody", "2", "--seed", "9", "--json",
                folder.file(name),
            ])
            #expect(outcome.text.contains("5 melodies, 10 takes, seed 9"), "\(outcome.error)")
            #expect(outcome.text.contains("metre and bar line") && outcome.text.contains(">= 0.85"))
            // Code 1 says that a gate was missed that must hold, and then the table says so too.
            let isMissed = outcome.text.split(separator: "\n").contains { $0.hasPrefix("must") && $0.contains("FAIL") }
            #expect(outcome.code == (isMissed ? 1 : 0))
            #expect(outcome.text.contains("last phrase"))
        }
        let tempi = try takes("a.json").compactMap { $0["trueTempo"] as? Double }
        #expect(tempi.count == 10 && Set(tempi).count == 10)
        #expect(try takes("b.json").compactMap { $0["trueTempo"] as? Double } == tempi)
    }

    @Test func recordingsAreComparedWithWhatTheirFilesSay() async throws {
        let outcome = try await continuo.run(["evaluate", "capture", example("ode-to-joy"), "--performances"])
        #expect(outcome.code == 0, "\(outcome.error)")
        #expect(outcome.text.contains("1 performance, up to 40 s of each; 1 with a tempo map and metre"))
        #expect(!outcome.text.contains("gate"))
    }

    @Test func withoutFilesItSaysWhatToDo() async throws {
        let outcome = try await continuo.run(["evaluate", "capture"])
        #expect(outcome.code == 64)
        #expect(outcome.text.contains("continuo evaluate capture MELODIES"))
        #expect(try await continuo.run(["evaluate", "capture", folder.file("none.mid")]).code == 66)
    }
}
