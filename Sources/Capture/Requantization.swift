import Music

extension Take {
    /// The take understood anew with another tempo or metre, its raw performance unchanged: half and double time, or a
    /// correction.
    ///
    /// Bar 1 stays where it was understood to be. The end is decided by the last note.
    ///
    /// - Returns: the take itself where it holds no performance (it was imported).
    public func requantized(tempo: Tempo, meter: Meter) -> Take {
        guard
            let understood = Quantizer(tempo: tempo, meter: meter)
                .quantize(performance, downbeat: tempoMap.instant(of: .zero))
        else { return self }
        var take = self
        take.phrase = understood.phrase
        take.tempoMap = understood.tempoMap
        return take
    }
}
