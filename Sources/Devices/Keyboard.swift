import Controls
import Transport

/// A sound card with a cable: what a keyboard is to the system. Known by its USB numbers, serial and place, never by name.
public struct Keyboard: Hashable, Sendable {
    /// The kernel's card number; its sequencer ports carry the same (`PortInfo.card`). Re-used after an exit.
    public var card: Int
    /// Nil for cards that are not on USB.
    public var usb: USBIdentity?
    /// Nil where the device has none.
    public var serial: String?
    /// Where it is plugged in (udev's `ID_PATH`); empty where unknown.
    public var path: String
    /// As its maker named it, for people.
    public var productName: String

    public init(card: Int, usb: USBIdentity?, serial: String?, path: String, productName: String) {
        self.card = card
        self.usb = usb
        self.serial = serial?.isEmpty == true ? nil : serial
        self.path = path
        self.productName = productName
    }

    /// The same for the same keyboard after plugging it in again: numbers and serial, or numbers and place where it has none.
    public var identity: String {
        let numbers = usb.map(\.description) ?? "card"
        return numbers + "/" + (serial ?? path)
    }

    /// Its sequencer ports among all ports, by port number.
    public func ports(among ports: [PortInfo]) -> [PortInfo] {
        ports.filter { $0.card == card }.sorted {
            ($0.address.client, $0.address.port) < ($1.address.client, $1.address.port)
        }
    }
}

/// What a device monitor reports. Hints: the sequencer's own announcements decide what is alive.
public enum DeviceEvent: Hashable, Sendable {
    /// A card is ready, or its description changed.
    case arrived(Keyboard)
    case left(card: Int)
}

/// Tells which keyboards there are. Called from the conductor's thread alone; never blocks.
public protocol DeviceMonitor: AnyObject, Sendable {
    /// Readable (poll) while events wait.
    var descriptor: Int32 { get }
    /// Every card there is now.
    func keyboards() throws(TransportError) -> [Keyboard]
    /// The next event; nil when there is none.
    func nextEvent() -> DeviceEvent?
}
