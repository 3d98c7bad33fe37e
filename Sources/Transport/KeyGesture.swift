import Music

/// Two keys struck together, with nothing else held: a button for keyboards that have none.
///
/// The two highest black keys are one such pair. Where the player asks for it (`isFull`) the lowest key is another's half, with one of the
/// next twelve above it: C, D, E, F, F sharp, G, G sharp, A or A sharp, each a button of its own.
///
/// The same value runs on the real-time thread, so that the pair is not heard, and beside the take, so that it is not
/// recorded; both follow the same notes and judge alike. Struck alone each key sounds as ever: the player loses no note.
///
/// Where the keyboard ends is known from its number of keys and moves by octaves with what is played (the octave buttons),
/// or not known: then the pair counts at the upper ends of the usual keyboards, where no key beyond was ever struck.
public struct KeyGesture: Hashable, Sendable, BitwiseCopyable {
    /// Two keys within this are struck together.
    public static let window = Nanoseconds.milliseconds(40)

    /// What a struck key is.
    public enum Verdict: Hashable, Sendable, BitwiseCopyable {
        case music
        /// Music, unless its partner follows within the window.
        case first
        /// The second of the pair: neither of them is music, and the first is to be ended at once.
        case gesture(Pair, first: UInt8)
    }

    /// Which pair was struck.
    public enum Pair: Hashable, Sendable, BitwiseCopyable {
        /// The two highest black keys.
        case top
        /// The lowest key, and the nearest above it of a pitch class (0 C ... 11 B).
        case bottom(pitchClass: UInt8)
    }

    /// The last key; nil where the keyboard is not known.
    private var highest: UInt8? { size == 0 ? nil : lowest + (size - 1) }
    /// How many keys, and which is the lowest at present; 0 where that is not known.
    private let size: UInt8
    private var lowest: UInt8
    /// Whether pairs with the lowest key count too.
    private let isFull: Bool
    /// The highest and the lowest key that was struck.
    private var top: UInt8 = 0
    private var bottom: UInt8 = 127
    /// One bit a key that is down, of the keys below 64 and of the others.
    private var downBelow: UInt64 = 0
    private var downAbove: UInt64 = 0
    private var first: UInt8 = 255
    private var firstTime: Int64 = 0
    /// Keys of a gesture that are still down.
    private var goneFirst: UInt8 = 255
    private var goneSecond: UInt8 = 255

    /// - Parameters:
    ///   - keyCount: how many keys the keyboard has; nil where that is not known.
    ///   - isFull: whether pairs with the lowest key count too.
    public init(keyCount: Int?, isFull: Bool = false) {
        self.isFull = isFull
        switch keyCount {
        case 25?: (size, lowest) = (25, 48)
        case 32?: (size, lowest) = (32, 53)
        case 37?: (size, lowest) = (37, 48)
        case 49?: (size, lowest) = (49, 36)
        case 61?: (size, lowest) = (61, 36)
        case 73?: (size, lowest) = (73, 28)
        case 76?: (size, lowest) = (76, 28)
        case 88?: (size, lowest) = (88, 21)
        default: (size, lowest) = (0, 0)
        }
    }

    /// Where the usual keyboards of 25, 49, 61 and 88 keys end: on a C.
    private static func isUsualEnd(_ key: Int) -> Bool { key == 72 || key == 84 || key == 96 || key == 108 }
    /// Where the usual keyboards of 25, 32, 49 or 61, 73 or 76, and 88 keys begin.
    private static func isUsualBeginning(_ key: Int) -> Bool {
        key == 48 || key == 53 || key == 36 || key == 28 || key == 21
    }

    /// A key was struck.
    public mutating func strike(_ key: UInt8, at time: Instant) -> Verdict {
        let wasFree = downBelow == 0 && downAbove == 0
        slide(to: key)
        set(key, true)
        top = max(top, key)
        bottom = min(bottom, key)
        if first < 128, onlyTwoAreDown, time.nanoseconds - firstTime <= KeyGesture.window.count,
            let pair = pair(first, key)
        {
            goneFirst = first
            goneSecond = key
            first = 255
            return .gesture(pair, first: goneFirst)
        }
        first = 255
        guard wasFree, partner(of: key) != nil || isOfLowPair(key) else { return .music }
        first = key
        firstTime = time.nanoseconds
        return .first
    }

    /// A key was let go.
    ///
    /// - Returns: whether that is music; it is not for the keys of a gesture.
    public mutating func release(_ key: UInt8) -> Bool {
        set(key, false)
        if first == key { first = 255 }
        if goneFirst == key {
            goneFirst = 255
            return false
        }
        if goneSecond == key {
            goneSecond = 255
            return false
        }
        return true
    }

    /// Whether a key is down as a part of the gesture: its pressure is no music either.
    public func holds(_ key: UInt8) -> Bool { goneFirst == key || goneSecond == key }

    /// What is held is no longer known.
    public mutating func reset() {
        downBelow = 0
        downAbove = 0
        first = 255
        goneFirst = 255
        goneSecond = 255
    }

    /// Whether another value is meant for the same keyboard, so that what this one knows holds for it.
    func continues(_ other: KeyGesture) -> Bool { size == other.size && isFull == other.isFull }

    /// The pair that two keys are; nil where they are none.
    private func pair(_ one: UInt8, _ other: UInt8) -> Pair? {
        if partner(of: one) == other { return .top }
        let (low, high) = (min(one, other), max(one, other))
        guard isFull, isLowest(low), high - low <= 12, KeyGesture.isSign(high % 12) else { return nil }
        return .bottom(pitchClass: high % 12)
    }

    /// Whether a key may be half of a pair with the lowest one.
    private func isOfLowPair(_ key: UInt8) -> Bool {
        guard isFull else { return false }
        if isLowest(key) { return true }
        guard KeyGesture.isSign(key % 12) else { return false }
        return (1...12).contains { distance in key >= distance && isLowest(key - distance) }
    }

    /// C, D, E, F, F sharp, G, G sharp, A and A sharp: those with a meaning.
    private static func isSign(_ pitchClass: UInt8) -> Bool { 0b0111_1111_0101 & (1 << UInt16(pitchClass)) != 0 }

    /// Whether the keyboard begins with a key, as far as is known.
    private func isLowest(_ key: UInt8) -> Bool {
        size > 0 ? key == lowest : KeyGesture.isUsualBeginning(Int(key)) && bottom >= key
    }

    /// The other key of a pair that counts now; nil where the key is in none.
    private func partner(of key: UInt8) -> UInt8? {
        if let highest { return KeyGesture.partner(of: key, below: highest) }
        // A C that is the end of a usual keyboard lies two or four semitones above.
        for distance in 1...2 {
            let end = Int(key) + 2 * distance
            guard KeyGesture.isUsualEnd(end), Int(top) <= end else { continue }
            return UInt8(distance == 1 ? end - 4 : end - 2)
        }
        return nil
    }

    /// The same for a keyboard that ends with a key.
    private static func partner(of key: UInt8, below highest: UInt8) -> UInt8? {
        var upper: UInt8?
        var candidate = highest
        while candidate + 8 > highest {
            if isBlack(candidate) {
                if let upper { return key == upper ? candidate : key == candidate ? upper : nil }
                upper = candidate
            }
            candidate -= 1
        }
        return nil
    }

    private static func isBlack(_ key: UInt8) -> Bool {
        // One bit for each of C sharp, D sharp, F sharp, G sharp, A sharp.
        0b0101_0100_1010 & (1 << (key % 12)) != 0
    }

    /// A key beyond the ends tells that the octave was shifted.
    private mutating func slide(to key: UInt8) {
        guard size > 0 else { return }
        while key < lowest, lowest >= 12 { lowest -= 12 }
        while key > lowest + (size - 1), lowest + (size - 1) <= 115 { lowest += 12 }
    }

    private mutating func set(_ key: UInt8, _ isDown: Bool) {
        let bit = UInt64(1) << UInt64(key & 63)
        if key < 64 {
            downBelow = isDown ? downBelow | bit : downBelow & ~bit
        } else {
            downAbove = isDown ? downAbove | bit : downAbove & ~bit
        }
    }

    private var onlyTwoAreDown: Bool { downBelow.nonzeroBitCount + downAbove.nonzeroBitCount == 2 }
}
