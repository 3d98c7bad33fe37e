import Generation
import Music

/// The arranger as a teacher: the band by pattern that a genre's network first learns to imitate.
public struct ArrangerTeacher: Teacher {
    private let arranger: Arranger

    public init(style: ArrangerStyle) { arranger = Arranger(style: style) }

    public func accompany(_ phrase: Phrase, plan: ChordPlan, seed: UInt64) -> [Part: [NoteEvent]] {
        arranger.arrange(phrase, plan: plan, seed: seed, options: .init(crashAtStart: seed % 2 == 0))
    }
}
