import Music

/// Decides how many bars a phrase has: whole ones, and rather one less than one more.
struct PhraseLength {
    let meter: Meter

    /// - Parameters:
    ///   - onsets: in steps from bar 1, none negative.
    ///   - lastEnd: the last end in steps.
    ///   - press: when the player ended the phrase, in steps; nil where the last note decides.
    /// - Returns: 1...`Phrase.maximumBars`.
    func bars(onsets: [Int], lastEnd: Int, press: Double?) -> Int {
        let bar = meter.stepsPerBar
        let halfBeat = meter.beat.nearestStep / 2
        let wanted: Int
        if let press {
            // Up to half a beat early is the coming bar line, up to half a beat late the one that has passed.
            let whole = Int(((press + Double(halfBeat)) / Double(bar)).rounded(.down))
            let late = press - Double(whole * bar)
            let begun = onsets.contains { $0 >= whole * bar && Double($0) < press }
            wanted = late > Double(halfBeat) && begun ? whole + 1 : whole
        } else {
            let last = onsets.max() ?? 0
            wanted = max(last / bar + 1, (lastEnd - halfBeat + bar - 1) / bar)
        }
        return min(Phrase.maximumBars, max(1, wanted))
    }
}
