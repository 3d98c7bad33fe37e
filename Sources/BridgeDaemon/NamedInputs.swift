import Devices
import Transport

/// Ports that are keyboards because the player says so: a DIN socket of an interface, Bluetooth, another program.
struct NamedInputs: Sendable {
    /// Addresses, or parts of a client's or port's name.
    let names: [String]
    /// The number of each port that is there; it stands where a card's number does, and is never used twice.
    private var numbers: [PortInfo: Int] = [:]
    private var last = NamedInputs.firstNumber

    /// Far above the cards that a kernel has.
    static let firstNumber = 1_000_000

    init(_ names: [String]) { self.names = names }

    /// The ports that are named, as keyboards of their own.
    ///
    /// The port of a card is one only where the card has several that are heard, an interface's sockets: a keyboard with one
    /// is known better by its card.
    ///
    /// - Parameter isKeyboard: whether a card is known to be a keyboard itself.
    mutating func keyboards(
        among ports: [PortInfo], isKeyboard: (_ card: Int) -> Bool
    ) -> [(keyboard: Keyboard, ports: [PortInfo])] {
        guard !names.isEmpty else { return [] }
        let sources = ports.filter(\.isSource)
        let named = sources.filter { port in
            guard names.contains(where: { [port].first(called: $0) != nil }) else { return false }
            guard let card = port.card else { return true }
            return sources.count { $0.card == card } > 1 && !isKeyboard(card)
        }
        numbers = numbers.filter { named.contains($0.key) }
        return named.map { port in
            let number = numbers[port] ?? last + 1
            numbers[port] = number
            last = max(last, number)
            let keyboard = Keyboard(
                card: number, usb: nil, serial: nil, path: "\(port.clientName)/\(port.portName)",
                productName: port.fullName)
            return (keyboard, [port])
        }
    }
}

extension PortInfo {
    /// Client and port, without saying anything twice.
    fileprivate var fullName: String {
        if portName.isEmpty || clientName.contains(portName) { return clientName }
        return portName.contains(clientName) ? portName : "\(clientName) \(portName)"
    }
}
