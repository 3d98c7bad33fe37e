import Controls

/// How a person names a keyboard in the configuration.
public enum KeyboardSelector: Hashable, Sendable {
    /// `serial:A1B2`
    case serial(String)
    /// `path:pci-0000:00:14.0-usb-0:2:1.0`: where it is plugged in, as udev's `ID_PATH` says it.
    case path(String)
    /// `usb:09e8:0076`
    case usb(USBIdentity)
    /// A product's name or a part of it, in any case.
    case name(String)

    /// Reads any of the forms; nil for `usb:` without two numbers of four hexadecimal digits, and for what names nothing.
    public init?(_ text: String) {
        func rest(after prefix: String) -> String? {
            text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : nil
        }
        guard text != "serial:", text != "path:", !text.isEmpty else { return nil }
        if let serial = rest(after: "serial:") {
            self = .serial(serial)
        } else if let path = rest(after: "path:") {
            self = .path(path)
        } else if let numbers = rest(after: "usb:") {
            guard let usb = USBIdentity(numbers.lowercased()) else { return nil }
            self = .usb(usb)
        } else {
            self = .name(text)
        }
    }

    public func fits(_ keyboard: Keyboard) -> Bool {
        switch self {
        case .serial(let serial): keyboard.serial == serial
        case .path(let path): keyboard.path == path
        case .usb(let usb): keyboard.usb == usb
        case .name(let part): keyboard.productName.lowercased().contains(part.lowercased())
        }
    }

    /// What says more of a keyboard is greater: a serial number, then a place, then the USB numbers, then the longest name.
    private var weight: Int {
        switch self {
        case .serial: .max
        case .path: .max - 1
        case .usb: .max - 2
        case .name(let part): part.count
        }
    }

    /// Which of the names means which keyboard.
    ///
    /// Each keyboard takes the name that says most of it. A name that several take means none of them: it is refused.
    ///
    /// - Returns: names by card, and keyboards by the name that is refused, by card.
    public static func assign(
        _ names: [String], among keyboards: [Keyboard]
    ) -> (names: [Int: String], refused: [String: [Keyboard]]) {
        let selectors = names.sorted().compactMap { name in KeyboardSelector(name).map { (name: name, selector: $0) } }
        var taken: [String: [Keyboard]] = [:]
        for keyboard in keyboards.sorted(by: { $0.card < $1.card }) {
            let fitting = selectors.filter { $0.selector.fits(keyboard) }
            guard let best = fitting.max(by: { $0.selector.weight < $1.selector.weight }) else { continue }
            taken[best.name, default: []].append(keyboard)
        }
        var names: [Int: String] = [:]
        for (name, keyboards) in taken where keyboards.count == 1 { names[keyboards[0].card] = name }
        return (names, taken.filter { $0.value.count > 1 })
    }

    /// The name that means this keyboard and none of the others; nil where nothing tells them apart.
    public static func telling(_ keyboard: Keyboard, from others: [Keyboard]) -> String? {
        if let serial = keyboard.serial, !others.contains(where: { $0.serial == serial }) { return "serial:\(serial)" }
        if !keyboard.path.isEmpty, !others.contains(where: { $0.path == keyboard.path }) {
            return "path:\(keyboard.path)"
        }
        if let usb = keyboard.usb, !others.contains(where: { $0.usb == usb }) { return "usb:\(usb)" }
        return others.contains { $0.productName == keyboard.productName } ? nil : keyboard.productName
    }
}
