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
        #expect(report["genre"] as? String == "pop")
        #expect((report["hash"] as? String)?.count == 64)
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
