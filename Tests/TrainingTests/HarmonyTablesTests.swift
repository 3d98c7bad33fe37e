import Foundation
import Generation
import Music
import Testing

@testable import Training

/// The compiled harmony table against the lead sheets that it was learned from, where they are at hand.
///
/// `CONTINUO_LEADSHEETS=leadsheets.jsonl swift test --filter HarmonyTablesTests` checks it and prints its accuracy on songs that it has not
/// seen; with `CONTINUO_REWRITE=1` as well the table is written anew.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["CONTINUO_LEADSHEETS"] != nil)) struct HarmonyTablesTests {
    static func songs() throws -> [Song] {
        let path = try #require(ProcessInfo.processInfo.environment["CONTINUO_LEADSHEETS"])
        return try LeadSheetReader.songs(in: Data(contentsOf: URL(filePath: path)))
    }

    @Test func theCompiledTableIsWhatTheTrainingSongsTeach() throws {
        let model = HarmonyLearner.learn(try Self.songs().filter { $0.split == .training })
        if ProcessInfo.processInfo.environment["CONTINUO_REWRITE"] != nil {
            let table = URL(filePath: #filePath).appending(
                path: "../../../Sources/Generation/Harmony/HarmonyTables.swift")
            try HarmonyLearner.swiftSource(model).write(to: table.standardized, atomically: true, encoding: .utf8)
        } else {
            #expect(HarmonyModel.standard.counts == model.counts)
        }
    }

    @Test func theModelFindsTheRootsThatPeopleWroteInSongsItHasNotSeen() throws {
        let songs = try Self.songs()
        let harmonizer = Harmonizer(model: HarmonyLearner.learn(songs.filter { $0.split == .training }))
        var unseen = HarmonyAccuracy()
        for song in songs where song.split != .training {
            unseen.add(harmonizer.plan(for: song.melody), truth: song.plan)
        }
        print("validation and test: root \(unseen.root), root and third \(unseen.rootAndThird), chord \(unseen.chord)")
        print("changes \(unseen.changeRate), people \(unseen.trueChangeRate), \(unseen.windows) windows")
        #expect(unseen.root > 0.38)
    }
}
