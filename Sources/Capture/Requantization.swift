import Music

extension Take {
    /// The take understood anew with another tempo or metre, its raw performance unchanged: half and double time, or a
    /// correction.
    ///
    /// Bar 1 stays where it was understood to be. The end is decided by the last note. Where the take swings, the same notes
    /// swing at half and at twice the tempo.
    ///
    /// - Returns: the take itself where it holds no performance (it was imported).
    public func requantized(tempo: Tempo, meter: Meter) -> Take {
        let former = swing
        let notes = former?.notes.scaled(tempo.quartersPerMinute / phrase.tempo.quartersPerMinute)
        let swing = notes == nil ? Swing.straight : former?.swing ?? .straight
        guard
            let understood = Quantizer(tempo: tempo, meter: meter, swing: swing, swung: notes ?? .eighths)
                .quantize(performance, downbeat: tempoMap.instant(of: .zero))
        else { return self }
        var take = self
        take.phrase = understood.phrase
        take.tempoMap = understood.tempoMap
        return take
    }
}

extension Take {
    /// What rings with the phrase: its notes, each as long as the sustain pedal held it.
    ///
    /// For harmony alone: the phrase's own notes stay as they were played. A note ends where its pitch begins again and
    /// with the phrase.
    ///
    /// - Returns: score order; empty where the pedal was not used.
    public var ringing: [NoteEvent] {
        guard !pedal.isEmpty else { return [] }
        var isLengthened = false
        let lengthened = phrase.notes.map { note -> NoteEvent in
            let end = tempoMap.instant(of: note.end)
            guard let span = pedal.last(where: { $0.down <= end }), span.up > end else { return note }
            var held = note
            held.length = max(note.length, tempoMap.tick(at: span.up) - note.onset)
            isLengthened = true
            return held
        }
        return isLengthened ? lengthened.soundingOnce(until: phrase.length) : []
    }
}
