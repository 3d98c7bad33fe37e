import Music

/// Tells a player's hands apart: the melody of the right one, and the chords that the left one plays.
public enum Hands {
    /// Separates two-handed playing.
    ///
    /// The chord plan has one chord a window of `Meter.harmonyWindow`. A plan has no way to say *no chord here* in its middle:
    /// a window without evidence takes the chord before it (a bass note alone that is foreign to that one: the key's triad on
    /// it), windows before the first evidence take the first chord, and the plan ends with the last window that has any, so
    /// that the harmonizer decides behind it (`AccompanimentRequest.chords`).
    ///
    /// Where most of what is struck has three notes or more (a hymn, chords with the tune on top), the melody is the highest
    /// note of each, and the chords are read from all.
    ///
    /// - Parameters:
    ///   - phrase: all that was played.
    ///   - split: what lies below is the left hand; nil finds the hands by register, movement and simultaneity.
    /// - Returns: the phrase itself and nil where it is one hand's: a single voice, or one in octaves, thirds or sixths. A left
    ///   hand that plays no chords (a drone, a counter-melody) is taken out of the melody all the same; the plan is nil.
    public static func separate(_ phrase: Phrase, split: Pitch? = nil) -> (melody: Phrase, chords: ChordPlan?) {
        if split == nil, isOneHand(phrase) { return (phrase, nil) }
        let isHomophonic = split == nil && isHomophonic(phrase)
        let left: [Bool]
        if let split {
            left = phrase.notes.map { $0.pitch < split }
        } else if isHomophonic {
            left = belowTheTop(phrase)
        } else {
            left = HandSplit(phrase).left
        }
        guard left.contains(true) else { return (phrase, nil) }
        let melody = Phrase(
            notes: zip(phrase.notes, left).filter { !$1 }.map(\.0), meter: phrase.meter, tempo: phrase.tempo,
            bars: phrase.bars)
        let chords = plan(phrase, left: left, melodyIsHarmony: isHomophonic)
        return (melody, chords)
    }

    /// Notes that begin together, by index.
    static func groups(_ phrase: Phrase) -> [Range<Int>] {
        var groups: [Range<Int>] = []
        for index in phrase.notes.indices {
            if let last = groups.last, phrase.notes[last.lowerBound].onset == phrase.notes[index].onset {
                groups[groups.count - 1] = last.lowerBound..<index + 1
            } else {
                groups.append(index..<index + 1)
            }
        }
        return groups
    }

    /// One voice, or one that another follows in octaves, thirds or sixths.
    private static func isOneHand(_ phrase: Phrase) -> Bool {
        let notes = phrase.notes
        var both = 0
        var alone = 0
        for step in 0..<phrase.length.nearestStep {
            let sounding = notes.filter { $0.onset <= .steps(step) && $0.end > .steps(step) }.count
            if sounding == 1 { alone += 1 } else if sounding > 1 { both += 1 }
        }
        // A legato that overlaps is still one voice.
        if both * 8 < alone + both { return true }
        let groups = groups(phrase)
        let parallel: Set<Int> = [3, 4, 8, 9, 12, 15, 16, 24]
        let follows = groups.filter { group in
            group.count == 2 && notes[group.lowerBound].length == notes[group.lowerBound + 1].length
                && parallel.contains(notes[group.lowerBound + 1].pitch.number - notes[group.lowerBound].pitch.number)
        }
        let most = groups.map(\.count).max() ?? 0
        return most <= 2 && follows.count * 10 >= groups.count * 7
            && groups.allSatisfy { $0.count == 1 || $0.count == 2 }
            && !overlapsAcrossOnsets(phrase)
    }

    /// Whether notes are held while others begin, for more than a moment of the time.
    private static func overlapsAcrossOnsets(_ phrase: Phrase) -> Bool {
        let held = phrase.notes.indices.filter { index in
            let note = phrase.notes[index]
            return phrase.notes[(index + 1)...].contains {
                $0.onset > note.onset && $0.onset + .steps(2) <= note.end
            }
        }
        return held.count * 8 > phrase.notes.count
    }

    private static func isHomophonic(_ phrase: Phrase) -> Bool {
        let groups = groups(phrase)
        return groups.filter { $0.count >= 3 }.count * 10 >= groups.count * 6
    }

    private static func belowTheTop(_ phrase: Phrase) -> [Bool] {
        var left = phrase.notes.map { _ in false }
        // Notes of a group are in order of pitch.
        for group in groups(phrase) where group.count > 1 {
            for index in group.dropLast() { left[index] = true }
        }
        return left
    }

    /// The chords of the left hand; nil where it plays none in half of the windows in which it sounds.
    private static func plan(_ phrase: Phrase, left: [Bool], melodyIsHarmony: Bool) -> ChordPlan? {
        let window = phrase.meter.harmonyWindow
        let count = max(1, phrase.length.rawValue / window.rawValue)
        let reader = ChordReader(key: phrase.key)
        let sounds = (0..<count).map {
            sound(phrase, left: left, from: window * $0, to: window * ($0 + 1), melodyIsHarmony: melodyIsHarmony)
        }
        let read = sounds.map { reader.chord($0) }
        let played = sounds.filter { !$0.classes.isEmpty }.count
        guard let first = read.compactMap({ $0 }).first, read.compactMap({ $0 }).count * 2 >= played,
            let last = sounds.lastIndex(where: { !$0.classes.isEmpty })
        else { return nil }
        var chords: [Chord] = []
        for index in 0...last {
            let former = chords.last ?? first
            if let chord = read[index] {
                chords.append(chord)
            } else if sounds[index].classes.count == 1, let bass = sounds[index].lowest, !former.contains(bass),
                read[..<index].contains(where: { $0 != nil })
            {
                chords.append(reader.triad(on: bass.pitchClass))
            } else {
                chords.append(former)
            }
        }
        return ChordPlan(window: window, chords: chords)
    }

    private static func sound(
        _ phrase: Phrase, left: [Bool], from start: Tick, to end: Tick, melodyIsHarmony: Bool
    ) -> ChordReader.Sound {
        var sound = ChordReader.Sound()
        var together: [Tick: Set<Int>] = [:]
        for (note, isLeft) in zip(phrase.notes, left) where note.onset < end && note.end > start {
            let shared = (min(note.end, end) - max(note.onset, start)).quarters
            let isHarmony = isLeft || melodyIsHarmony
            if !isHarmony {
                sound.melody[note.pitch.pitchClass] += shared
                continue
            }
            // A tail that is let go with the beat belongs to the chord before.
            if note.onset < start, note.end - start <= .steps(3) { continue }
            sound.tones[note.pitch.pitchClass] += isLeft ? shared : shared / 2
            sound.lowest = min(sound.lowest ?? note.pitch, note.pitch)
            together[max(note.onset, start), default: []].insert(note.pitch.pitchClass)
        }
        let most = together.values.map(\.count).max() ?? 0
        sound.isStruck = most >= 3 || most == 2 && sound.classes.count == 2
        return sound
    }
}

/// Finds for every window the key between the hands: away from the notes, near its neighbours' and not far from middle C.
private struct HandSplit {
    let left: [Bool]

    /// A note this near to the split makes it unlikely, in semitones.
    private static let air = 4.0
    /// What a semitone between neighbouring windows' splits costs, and one away from middle C.
    private static let movement = 0.06
    private static let home = 0.02
    private static let candidates = Array(36...84)

    init(_ phrase: Phrase) {
        let window = phrase.meter.harmonyWindow
        let count = max(1, phrase.length.rawValue / window.rawValue)
        let costs = (0..<count).map { index in
            HandSplit.costs(phrase, from: window * index, to: window * (index + 1))
        }
        let splits = HandSplit.path(costs)
        left = phrase.notes.map { note in
            note.pitch.number < splits[min(count - 1, note.onset.rawValue / window.rawValue)]
        }
    }

    /// What every candidate costs in a window.
    private static func costs(_ phrase: Phrase, from start: Tick, to end: Tick) -> [Double] {
        let sounding = phrase.notes.filter { $0.onset < end && $0.end > start }
        return candidates.map { split in
            var cost = home * Double(abs(split - 60))
            for note in sounding {
                let distance = abs(Double(note.pitch.number) + 0.5 - Double(split))
                let shared = (min(note.end, end) - max(note.onset, start)).quarters / (end - start).quarters
                cost += shared * max(0, air - distance)
            }
            // Notes that are struck together lie under one hand: an octave and a little more.
            let struck = sounding.filter { $0.onset >= start }
            for onset in Set(struck.map(\.onset)) {
                let pitches = struck.filter { $0.onset == onset }.map(\.pitch.number)
                for hand in [pitches.filter { $0 < split }, pitches.filter { $0 >= split }] {
                    guard let low = hand.min(), let high = hand.max() else { continue }
                    cost += 0.3 * Double(max(0, high - low - 14))
                }
            }
            // Somebody plays the tune: the right hand has the highest note.
            if let top = sounding.map(\.pitch.number).max(), top < split { cost += 2 }
            // What begins while the left hand holds, and below the melody's held note, is accompaniment.
            let right = sounding.filter { $0.pitch.number >= split }
            let crossing = right.filter { note in
                right.contains { $0.pitch < note.pitch && $0.onset > note.onset && $0.end <= note.end + .steps(3) }
            }.count
            cost += 0.4 * Double(crossing)
            return cost
        }
    }

    /// The cheapest way through the windows.
    private static func path(_ costs: [[Double]]) -> [Int] {
        var totals = costs[0]
        var origins: [[Int]] = []
        for row in costs.dropFirst() {
            var next: [Double] = []
            var from: [Int] = []
            for index in candidates.indices {
                var best = (cost: Double.infinity, index: 0)
                for before in candidates.indices {
                    let cost = totals[before] + movement * Double(abs(before - index))
                    if cost < best.cost { best = (cost, before) }
                }
                next.append(best.cost + row[index])
                from.append(best.index)
            }
            totals = next
            origins.append(from)
        }
        var index = totals.indices.min { totals[$0] < totals[$1] }!
        var splits = [candidates[index]]
        for origin in origins.reversed() {
            index = origin[index]
            splits.append(candidates[index])
        }
        return splits.reversed()
    }
}
