import Controls

/// Which keyboard is which, for as long as the program runs: two of one model get a number each and keep it, whatever port
/// they are plugged into and in whatever order.
///
/// A keyboard is known again by its serial number; where it has none, or one that its twin has too, by its USB path. One
/// without a serial number that comes back elsewhere is the one that is missing.
public struct KeyboardRoster: Sendable {
    private struct Entry {
        var keyboard: Keyboard
        var number: Int
        var isPresent: Bool
        /// The last time that it was there, counted in calls.
        var seen: Int
    }

    private var entries: [Entry] = []
    private var calls = 0

    /// How many keyboards are remembered at most; those that are there always are.
    public static let limit = 256

    public init() {}

    /// What each keyboard is called, by its card: its product's name, with a number from the second of that name on.
    ///
    /// - Parameter keyboards: all that are there now.
    public mutating func names(of keyboards: [Keyboard]) -> [Int: String] {
        calls += 1
        for index in entries.indices { entries[index].isPresent = false }
        var names: [Int: String] = [:]
        var unknown = keyboards.sorted { $0.card < $1.card }
        // The surest first, so that none is taken for another that can be told.
        let likenesses: [(Keyboard, Keyboard) -> Bool] = [
            { $0.card == $1.card && $0.serial == $1.serial && $0.path == $1.path },
            { $0.serial == $1.serial && $0.path == $1.path },
            { $0.serial != nil && $0.serial == $1.serial },
            { $0.serial == $1.serial },
        ]
        for isAlike in likenesses {
            unknown = unknown.filter { keyboard in
                let known = entries.indices.filter {
                    let entry = entries[$0]
                    return !entry.isPresent && entry.keyboard.usb == keyboard.usb
                        && entry.keyboard.productName == keyboard.productName && isAlike(entry.keyboard, keyboard)
                }
                guard let index = known.min(by: { entries[$0].number < entries[$1].number }) else { return true }
                note(keyboard, at: index)
                names[keyboard.card] = name(of: entries[index])
                return false
            }
        }
        for keyboard in unknown {
            let taken = Set(entries.filter { $0.keyboard.productName == keyboard.productName }.map(\.number))
            let number = (1...).first { !taken.contains($0) } ?? 1
            entries.append(Entry(keyboard: keyboard, number: number, isPresent: true, seen: calls))
            names[keyboard.card] = name(of: entries[entries.count - 1])
        }
        forgetOldest()
        return names
    }

    private mutating func note(_ keyboard: Keyboard, at index: Int) {
        entries[index].keyboard = keyboard
        entries[index].isPresent = true
        entries[index].seen = calls
    }

    private func name(of entry: Entry) -> String {
        entry.number == 1 ? entry.keyboard.productName : "\(entry.keyboard.productName) (\(entry.number))"
    }

    private mutating func forgetOldest() {
        while entries.count > KeyboardRoster.limit {
            let absent = entries.indices.filter { !entries[$0].isPresent }
            guard let oldest = absent.min(by: { entries[$0].seen < entries[$1].seen }) else { return }
            entries.remove(at: oldest)
        }
    }
}
