import Foundation
import Testing

struct ModelsTests {
    private let folder: Folder
    private let continuo: Program

    init() throws {
        folder = try Folder()
        continuo = try Program("continuo")
    }

    @Test func everyGenreIsListedWithItsModel() async throws {
        let outcome = try await continuo.run(["models"])
        #expect(outcome.code == 0)
        for genre in ["jazz", "pop", "rock", "symphony"] {
            #expect(outcome.text.contains("\n\(genre) ") && outcome.text.contains("\(genre).safetensors"))
        }
        #expect(outcome.text.contains("Apache-2.0"))
    }

    @Test func aCardIsShownAndAsJSON() async throws {
        let shown = try await continuo.run(["models", "show", "pop"])
        #expect(shown.code == 0 && shown.text.contains("melody program") && shown.text.contains("SHA-256"))
        let json = try await continuo.run(["models", "show", "pop", "--json"])
        let report = try #require(try JSONSerialization.jsonObject(with: json.output) as? [String: Any])
        let summary = try #require(report["summary"] as? [String: Any])
        #expect(summary["genre"] as? String == "pop" && summary["origin"] as? String == "shipped")
        #expect((summary["hash"] as? String)?.count == 64)
        #expect((report["card"] as? [String: String])?["genre"] == "pop")
    }

    @Test func aModelThatCannotBeReadIsNamedAndTheShippedOnePlays() async throws {
        let broken = try folder.write("pop.safetensors", Array("no model".utf8))
        let outcome = try await continuo.run(["models", "--models", folder.path])
        #expect(outcome.code == 0)
        #expect(outcome.error.contains("cannot use \(broken)"))
        #expect(outcome.text.contains("pop.safetensors"))
    }

    @Test func aGenreThatIsNotThereIsNamedWithThoseThatAre() async throws {
        let outcome = try await continuo.run(["models", "show", "polka"])
        #expect(outcome.code == 66)
        #expect(outcome.error.contains("polka") && outcome.error.contains("symphony"))
    }
}

/// `continuo models release` and what follows it.
struct ReleaseTests {
    private let folder: Folder
    private let continuo: Program
    private let shipped = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("models/pop.safetensors")

    init() throws {
        folder = try Folder()
        continuo = try Program("continuo")
    }

    /// An evaluation that lies beside a run's model and is of other weights is not believed; one of these weights is.
    @Test func aModelIsMeasuredReleasedShownAndRolledBack() async throws {
        let run = try Folder()
        _ = try run.write("model.safetensors", [UInt8](Data(contentsOf: shipped)))
        try FileManager.default.createDirectory(atPath: run.file("melodies"), withIntermediateDirectories: true)
        let melody = shipped.deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Examples/melodies/ode-to-joy.mid")
        _ = try run.write("melodies/ode-to-joy.mid", [UInt8](Data(contentsOf: melody)))
        let other = #"{"weights":"0","mean":{},"references":{},"floors":{},"beside":{},"gates":[]}"#
        _ = try run.write("evaluation.json", Array(other.utf8))
        let released = try await continuo.run(
            ["models", "release", run.path, "--genre", "pop", "--models", folder.path, "--force"])
        #expect(released.code == 0, "\(released.error)")
        #expect(released.error.contains("measuring with 1 held-out melody of the run and 5 example melodies"))
        let shown = try await continuo.run(["models", "show", "pop", "--models", folder.path])
        #expect(shown.text.contains("weights SHA-256") && shown.text.contains("## Beside people"))
        #expect(shown.text.contains("people") && shown.text.contains("Apache-2.0"))
        let again = try await continuo.run(
            ["models", "release", run.path, "--models", folder.path, "--force", "--json"])
        #expect(!again.error.contains("measuring"))
        let history = try await continuo.run(["models", "history", "pop", "--models", folder.path, "--json"])
        let versions = try #require(try JSONSerialization.jsonObject(with: history.output) as? [[String: Any]])
        #expect(versions.map { $0["version"] as? Int } == [1, 2])
        let back = try await continuo.run(["models", "rollback", "pop", "0", "--models", folder.path])
        #expect(back.code == 0)
        #expect(!FileManager.default.fileExists(atPath: folder.file("pop.safetensors")))
    }

    @Test func aModelThatMissesAMustGateIsRefusedWithTheTableUnlessForced() async throws {
        let run = try Folder()
        let model = try run.write("model.safetensors", [UInt8](Data(contentsOf: shipped)))
        let show = try await continuo.run(["models", "show", model, "--json"])
        let report = try #require(try JSONSerialization.jsonObject(with: show.output) as? [String: Any])
        let weights = try #require((report["summary"] as? [String: Any])?["weights"] as? String)
        let missed = """
            {"genre":"pop","weights":"\(weights)","mean":{"score":0.5},"references":{},"floors":{},"beside":{},
             "gates":[{"level":"must","title":"SCORE","value":0.5,"bound":">= 0.75","passed":false}]}
            """
        _ = try run.write("evaluation.json", Array(missed.utf8))
        let refused = try await continuo.run(["models", "release", run.path, "--models", folder.path])
        #expect(refused.code == 65)
        #expect(refused.error.contains("misses SCORE 0.500 (>= 0.75)") && refused.error.contains("MISSED"))
        #expect(!FileManager.default.fileExists(atPath: folder.file("pop.safetensors")))
        let forced = try await continuo.run(["models", "release", run.path, "--models", folder.path, "--force"])
        #expect(forced.code == 0)
        let shown = try await continuo.run(["models", "show", "pop", "--models", folder.path])
        #expect(shown.text.contains("released with --force; misses SCORE"))
    }

    @Test func aBrokenFileIsRefusedInWords() async throws {
        let broken = try folder.write("broken.safetensors", Array("no model".utf8))
        let outcome = try await continuo.run(["models", "release", broken, "--models", folder.path])
        #expect(outcome.code == 65)
        #expect(outcome.error.contains("cannot use \(broken)"))
    }
}
