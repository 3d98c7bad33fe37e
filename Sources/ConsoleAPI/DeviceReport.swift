/// A keyboard that is plugged in, with everything that is known of it.
public struct DeviceReport: Hashable, Sendable, Codable {
    public struct Port: Hashable, Sendable, Codable {
        /// Counted from 1.
        public var number: Int
        public var name: String
        /// `keys`, `control`, `keys and control`; nil for another.
        public var carries: String?

        public init(number: Int, name: String, carries: String? = nil) {
            self.number = number
            self.name = name
            self.carries = carries
        }
    }

    public struct Button: Hashable, Sendable, Codable {
        /// As in profile files: `record`, `genre-2`.
        public var action: String
        /// What it sends, in words.
        public var sends: String
        /// Whether it acts: an unconfirmed one waits for the player's consent.
        public var acts: Bool
        /// Whether its source is sure.
        public var confirmed: Bool

        public init(action: String, sends: String, acts: Bool, confirmed: Bool) {
            self.action = action
            self.sends = sends
            self.acts = acts
            self.confirmed = confirmed
        }
    }

    /// As a person knows it.
    public var name: String
    /// The same after plugging it in again; used in paths.
    public var id: String
    public var usb: String?
    public var serial: String?
    public var ports: [Port]
    /// The profile in use; nil for an unknown keyboard.
    public var profile: String?
    /// What it was known by: `usb`, `product`, `inquiry`.
    public var basis: String?
    /// 1 weak, 2 good, 3 sure; less where it was not known by its USB number.
    public var confidence: Int?
    public var buttons: [Button]
    /// What it is for, where the player has said so.
    public var role: String?
    /// What starts the band, in words.
    public var starts: String
    /// What it sent that may be a button and that means nothing yet.
    public var heard: [String]
    /// What to do next; empty where nothing is to be done.
    public var advice: String

    public init(
        name: String, id: String, usb: String? = nil, serial: String? = nil, ports: [Port] = [], profile: String? = nil,
        basis: String? = nil, confidence: Int? = nil, buttons: [Button] = [], role: String? = nil, starts: String = "",
        heard: [String] = [], advice: String = ""
    ) {
        self.name = name
        self.id = id
        self.usb = usb
        self.serial = serial
        self.ports = ports
        self.profile = profile
        self.basis = basis
        self.confidence = confidence
        self.buttons = buttons
        self.role = role
        self.starts = starts
        self.heard = heard
        self.advice = advice
    }
}

public struct DeviceListReport: Hashable, Sendable, Codable {
    public var devices: [DeviceReport]

    public init(devices: [DeviceReport]) { self.devices = devices }
}
