import Controls
import Foundation

extension DeviceProfile {
    /// The profile of a keyboard after its buttons were learned.
    ///
    /// It starts from what was known: buttons of actions that were not learned stay, unless one of them sends what a learned one
    /// does. It is this keyboard's alone: its USB number and its product's name.
    ///
    /// - Parameters:
    ///   - learned: what was found out; not empty.
    ///   - base: the profile that served the keyboard; nil where nobody has described it.
    ///   - isOwn: whether `base` is a file of the user's, which keeps its name.
    ///   - date: when it was learned.
    public init(
        learned: [ControlLearner.Learned], on keyboard: Keyboard, from base: DeviceProfile?, isOwn: Bool, at date: Date
    ) {
        var profile = base ?? DeviceProfile(id: "", name: keyboard.productName)
        if base == nil || !isOwn { profile.id = DeviceProfile.learnedID(keyboard) }
        if let usb = keyboard.usb { profile.usb = [usb] }
        profile.products = keyboard.productName.count >= 3 ? [keyboard.productName] : []
        let bindings = learned.flatMap { $0.button.bindings(for: $0.action) }
        profile.buttons.removeAll { button in
            learned.contains { $0.action == button.action } || bindings.contains { $0.trigger == button.trigger }
        }
        let controlPort = learned.lazy.compactMap(\.button.port).first
        if let controlPort, !profile.buttons.contains(where: { $0.place != .anyPort }) {
            profile.controlPort = .number(controlPort)
        }
        profile.buttons = (profile.buttons + bindings).enumerated().sorted {
            ($0.element.action.name, $0.offset) < ($1.element.action.name, $1.offset)
        }.map(\.element)
        profile.confidence = 3
        let day = date.formatted(.iso8601.year().month().day())
        profile.sources.removeAll { $0.hasPrefix("learned from the keyboard") }
        profile.sources.append("learned from the keyboard on \(day)")
        self = profile
    }

    /// A file name of a keyboard's own.
    static func learnedID(_ keyboard: Keyboard) -> String {
        let letters = keyboard.productName.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
        let words = String(letters).split(separator: "-").joined(separator: "-").prefix(40)
        let numbers = keyboard.usb.map { "\($0)".replacing(":", with: "-") }
        return (["learned", String(words)] + [numbers].compactMap { $0 }).filter { !$0.isEmpty }.joined(separator: "-")
    }
}
