import Foundation
import Testing

@testable import Training

/// Presets, epochs, widths and the view of a run.
struct TrainingPresetTests {
    @Test(arguments: [(TrainingPreset.quick, 10 * 60.0), (.evening, 3 * 3600.0), (.weekend, 30 * 3600.0)])
    func aPresetTakesAboutTheTimeOfItsOccasion(preset: TrainingPreset, seconds: Double) throws {
        #expect((0.85...1).contains(preset.seconds / seconds))
        var configuration = TrainingConfiguration()
        configuration.rate = 0.01
        configuration.take(preset)
        try configuration.validate()
        #expect(configuration.steps == preset.steps)
        #expect(configuration.rate == 0.01, "what a preset says nothing about stays")
    }

    @Test(arguments: [(1.0, 100, 32, 3), (2.5, 100, 32, 8), (0.1, 100, 32, 1), (1, 10, 32, 1)])
    func anEpochIsEveryWindowOnce(epochs: Double, windows: Int, batch: Int, steps: Int) {
        #expect(TrainingConfiguration.steps(epochs: epochs, windows: windows, batch: batch) == steps)
    }

    @Test(arguments: [(0.5, [32, 48, 64, 80]), (1.5, [96, 144, 192, 240]), (0.01, [8, 8, 8, 8])])
    func widthsAreScaledInGroupsOfEight(factor: Double, widths: [Int]) {
        var configuration = TrainingConfiguration()
        configuration.scaleWidths(by: factor)
        #expect(configuration.widths == widths)
    }

    @Test func aSettingOutOfItsLimitsIsRefused() {
        var configuration = TrainingConfiguration()
        configuration.patience = 0
        #expect(throws: TrainingError.self) { try configuration.validate() }
        configuration.patience = nil
        configuration.augmentation = .init(partDrops: 1)
        #expect(throws: TrainingError.self) { try configuration.validate() }
    }

    @Test func aFolderIsChosenByGenreAndNumber() throws {
        let runs = FileManager.default.temporaryDirectory.appendingPathComponent("continuo-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: runs) }
        #expect(TrainingRun.folder(in: runs, genre: "pop", resume: true).lastPathComponent == "pop-1")
        for name in ["pop-1", "pop-9", "jazz-12"] {
            try FileManager.default.createDirectory(
                at: runs.appendingPathComponent(name), withIntermediateDirectories: true)
        }
        #expect(TrainingRun.folder(in: runs, genre: "pop", resume: false).lastPathComponent == "pop-10")
        #expect(TrainingRun.folder(in: runs, genre: "pop", resume: true).lastPathComponent == "pop-9")
    }

    @Test(arguments: [80, 40]) func theViewFitsTheScreen(columns: Int) {
        var view = TrainingView()
        #expect(view.lines(columns: columns).isEmpty)
        for step in 0..<1_300 {
            var record = GANTrainer.Record(step: step, stage: .adversarial, gradientNorm: 1)
            record.generator = 4 - Float(step) / 1000
            record.discriminator = 1.5
            record.real = 0.5
            record.fake = -0.25
            let warnings =
                step == 1_000
                ? [
                    TrainingHealth.Warning(
                        trouble: .forgetting, step: step, sentence: "the generator forgets real scores",
                        advice: "a smaller --adversarial-weight")
                ] : []
            view.hear(
                .init(
                    record: record, totalSteps: 2_600, stepsPerSecond: 1.25, secondsLeft: 1040, warnings: warnings,
                    heldOut: nil))
        }
        view.figures = [.init(title: "chord-tone ratio", value: 0.7, people: 0.63...0.72)]
        let lines = view.lines(columns: columns)
        #expect(lines.allSatisfy { $0.count <= columns })
        #expect(lines[0] == "adversarial  step 1300 of 2600")
        let size = columns - 30
        #expect(lines[1].prefix { $0 == "\u{2588}" }.count == size / 2)
        #expect(lines[1].contains("about 17 min left"))
        #expect(lines[2].hasPrefix("generator     2.701   \u{2588}"))
        #expect(lines[2].hasSuffix("\u{2581}"))
        #expect(lines[4] == "verdicts      real 0.50, made -0.25")
        #expect(lines[5] == "chord-tone ratio  0.70  people 0.63 to 0.72".prefix(columns))
        #expect(lines[6].hasPrefix("! step 1001: the generator forgets"))
        let plain = view.lines(columns: columns, isUnicode: false).joined()
        let isASCII = plain.allSatisfy { $0.isASCII }
        #expect(isASCII)
    }
}
