import Music

/// The two highest black keys struck together, with nothing else held: a button for keyboards that have none.
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
        case gesture(first: UInt8)
    }

    /// The last key; nil where the keyboard is not known.
    private var highest: UInt8? { size == 0 ? nil : lowest + (size - 1) }
    /// How many keys, and which is the lowest at present; 0 where that is not known.
    private let size: UInt8
    private var lowest: UInt8
    /// The highest key that was struck.
    private var top: UInt8 = 0
    /// One bit a key that is down, of the keys below 64 and of the others.
    private var downBelow: UInt64 = 0
    private var downAbove: UInt64 = 0
    private var first: UInt8 = 255
    private var firstTime: Int64 = 0
    /// Keys of a gesture that are still down.
    private var goneFirst: UInt8 = 255
    private var goneSecond: UInt8 = 255

    /// - Parameter keyCount: how many keys the keyboard has; nil where that is not known.
    public init(keyCount: Int?) {
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

    /// A key was struck.
    public mutating func strike(_ key: UInt8, at time: Instant) -> Verdict {
        let wasFree = downBelow == 0 && downAbove == 0
        slide(to: key)
        set(key, true)
        top = max(top, key)
        if first < 128, partner(of: first) == key, onlyTwoAreDown,
            time.nanoseconds - firstTime <= KeyGesture.window.count
        {
            goneFirst = first
            goneSecond = key
            first = 255
            return .gesture(first: goneFirst)
        }
        first = 255
        guard wasFree, partner(of: key) != nil else { return .music }
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
    func continues(_ other: KeyGesture) -> Bool { size == other.size }

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
