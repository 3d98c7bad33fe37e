import Generation
import Music

@testable import Training

/// A few hand-written songs and the smallest settings, so that whole training runs fit in a test.
enum TinyBand {
    /// Sixteen bars each: a steady tune, a waltz and a syncopated one, with plain chords.
    static let songs = [
        song("steady", .fourFour, [0, 4, 7, 4, 5, 9, 7, 2], step: 12, chords: [0, 0, 5, 7], minor: false),
        song("waltz", .threeFour, [0, 4, 7, 12, 11, 7], step: 12, chords: [0, 7, 7, 0], minor: false),
        song("offbeat", .fourFour, [9, 12, 16, 12, 14, 11, 8], step: 18, chords: [9, 2, 4, 9], minor: true),
    ]

    private static func song(
        _ title: String, _ meter: Meter, _ tones: [Int], step: Int, chords: [Int], minor: Bool
    ) -> Song {
        let bars = 16
        let length = bars * meter.stepsPerBar
        let notes = stride(from: 0, to: length, by: step).enumerated().map { index, onset in
            NoteEvent(
                pitch: Pitch(60 + tones[index % tones.count]), onset: .steps(onset), length: .steps(step),
                velocity: .mezzoForte)
        }
        let windows = (meter.bar * bars).rawValue / meter.harmonyWindow.rawValue
        let plan = (0..<windows).map { Chord(root: chords[$0 % 4], quality: minor && $0 % 4 != 2 ? .minor : .major) }
        return Song(
            id: title, title: title, section: 0, tags: [],
            melody: Phrase(notes: notes, meter: meter, tempo: .moderate, bars: bars),
            plan: ChordPlan(window: meter.harmonyWindow, chords: plan))
    }

    static let windows: WindowSet = {
        var options = WindowSet.Options()
        options.renderings = 1
        return WindowSet(songs: songs, teacher: ArrangerTeacher(style: .pop), options: options)
    }()

    static let planWindows: PlanWindowSet = {
        var options = PlanWindowSet.Options()
        options.cuttings = 6
        return PlanWindowSet(songs: songs, options: options)
    }()

    /// Two steps of each stage with batches of two.
    static var configuration: TrainingConfiguration {
        var configuration = TrainingConfiguration()
        configuration.planSteps = 2
        configuration.steps = 2
        configuration.adversarialSteps = 2
        configuration.batch = 2
        configuration.widths = [8, 8, 8, 8]
        configuration.styles = 4
        configuration.checkpointEvery = 2
        return configuration
    }

    static func trainer(_ configuration: TrainingConfiguration = configuration) throws -> GANTrainer {
        try GANTrainer(configuration: configuration, windows: windows, planWindows: planWindows)
    }
}
