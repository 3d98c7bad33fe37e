import Music

/// The arranger as an accompanist: the harmonizer finds the chords, patterns play them. What plays where a genre has no model.
public final class ArrangerAccompanist: Accompanist {
    private let arranger: Arranger

    public init(style: ArrangerStyle = .pop) { arranger = Arranger(style: style) }

    public var genre: Genre { arranger.style.genre }

    public func accompany(_ phrase: Phrase, request: AccompanimentRequest) -> Accompaniment {
        if let unchanged = request.unchanged { return unchanged }
        var options = Harmonizer.Options.lively
        // The first variation takes the likeliest harmony; further ones are a little daring.
        if request.seed == 0 { options.daring = 0 }
        options.seed = request.seed
        let plan = Harmonizer().plan(
            for: phrase, options: options, ringing: request.ringing, given: request.givenChords)
        let parts = arranger.arrange(
            phrase, plan: plan, seed: request.seed, options: .init(parts: request.heardParts, crashAtStart: false))
        var answer = Accompaniment(
            genre: genre, parts: parts, plan: plan,
            instrumentation: arranger.style.instrumentation(seed: request.seed),
            groove: arranger.style.groove.played(as: genre),
            provenance: .init(
                seed: request.seed, accompanist: "arranger", modelHash: "", instructionSet: "",
                temperature: request.temperature))
        answer.restore(request.keptBand)
        return answer
    }
}
