import Music
public enum Hands {
    public static func separate(_ phrase: Phrase, split: Pitch? = nil) -> (melody: Phrase, chords: ChordPlan?) { (phrase, nil) }
}
