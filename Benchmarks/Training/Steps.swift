import Foundation
import Generation
import Music
import Tensor
import Training

enum Stage: String, CaseIterable { case reconstruction, adversarial }

/// Training steps of the default network on the default batch, of songs that are made here.
struct Steps {
    static let batch = TrainingConfiguration().batch

    let windows: WindowSet
    private let trainers: [Stage: GANTrainer]

    init() throws {
        var options = WindowSet.Options()
        options.renderings = 2
        windows = WindowSet(songs: Self.songs, teacher: ArrangerTeacher(style: .pop), options: options)
        var planOptions = PlanWindowSet.Options()
        planOptions.cuttings = 6
        let planWindows = PlanWindowSet(songs: Self.songs, options: planOptions)
        var trainers: [Stage: GANTrainer] = [:]
        for stage in Stage.allCases {
            var configuration = TrainingConfiguration()
            configuration.planSteps = 0
            configuration.steps = stage == .reconstruction ? 100_000 : 0
            configuration.adversarialSteps = stage == .adversarial ? 100_000 : 0
            trainers[stage] = try GANTrainer(
                configuration: configuration, windows: windows, planWindows: planWindows)
        }
        self.trainers = trainers
    }

    func trainer(_ stage: Stage) -> GANTrainer { trainers[stage]! }

    /// Seconds a step, by the clock and of all processors in user mode.
    func take(_ stage: Stage, _ count: Int) throws -> (wall: Double, processor: Double) {
        let (began, used) = (ContinuousClock.now, Self.userTime())
        for _ in 0..<count { _ = try trainer(stage).advance() }
        return (
            (ContinuousClock.now - began) / .seconds(1) / Double(count), (Self.userTime() - used) / Double(count)
        )
    }

    private static func userTime() -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return Double(usage.ru_utime.tv_sec) + Double(usage.ru_utime.tv_usec) / 1e6
    }

    /// Eight tunes of 32 bars over plain chords, four in common time and four waltzes.
    private static let songs: [Song] = (0..<8).map { number in
        let meter: Meter = number % 2 == 0 ? .fourFour : .threeFour
        let bars = 32
        let tones = [0, 4, 7, 4, 5, 9, 7, 2, 12, 11].map { ($0 + 2 * number) % 14 }
        let step = [12, 6, 18][number % 3]
        let notes = stride(from: 0, to: bars * meter.stepsPerBar, by: step).enumerated().map { index, onset in
            NoteEvent(
                pitch: Pitch(60 + tones[index % tones.count]), onset: .steps(onset), length: .steps(step),
                velocity: .mezzoForte)
        }
        let chords = (0..<(meter.bar * bars).rawValue / meter.harmonyWindow.rawValue).map { window in
            Chord(root: [0, 9, 5, 7][(window + number) % 4], quality: window % 4 == 1 ? .minor : .major)
        }
        return Song(
            id: "tune-\(number)", title: "Tune \(number)", section: 0, tags: [],
            melody: Phrase(notes: notes, meter: meter, tempo: .moderate, bars: bars),
            plan: ChordPlan(window: meter.harmonyWindow, chords: chords))
    }
}
