/// How far learning is.
public struct LearningReport: Hashable, Sendable, Codable {
    public enum Step: String, Hashable, Sendable, Codable, CaseIterable {
        /// Nothing is being learned.
        case off
        /// The keyboard that is played or pressed next is the one.
        case choosing
        /// A keyboard is chosen, and nothing is asked for.
        case ready
        /// A button is to be pressed.
        case asking
        /// The same button once more.
        case again
        /// The button is known; asking for the next one takes it.
        case recognized
        /// The profile is written and in use.
        case kept
    }

    public struct Button: Hashable, Sendable, Codable {
        public var action: String
        /// What it sends, in words.
        public var sends: String

        public init(action: String, sends: String) {
            self.action = action
            self.sends = sends
        }
    }

    public var step: Step
    /// The keyboard's name and identity.
    public var device: String?
    public var deviceID: String?
    /// The action whose button is asked for.
    public var asked: String?
    /// What happened last, in a sentence.
    public var message: String
    /// What was learned so far, with what was just recognised.
    public var buttons: [Button]
    /// The profile that was written.
    public var file: String?
    /// Whether the last profile that was written can be taken back.
    public var canUndo: Bool

    public init(
        step: Step, device: String? = nil, deviceID: String? = nil, asked: String? = nil, message: String,
        buttons: [Button] = [], file: String? = nil, canUndo: Bool = false
    ) {
        self.step = step
        self.device = device
        self.deviceID = deviceID
        self.asked = asked
        self.message = message
        self.buttons = buttons
        self.file = file
        self.canUndo = canUndo
    }
}

/// What to learn: `{"device": "1c75-02ca-1", "action": "record"}`; both may be absent.
public struct LearnRequest: Hashable, Sendable, Codable {
    /// A keyboard's identity, or a part of its name; nil for the one that is played next.
    public var device: String?
    /// The first button that is asked for.
    public var action: String?

    public init(device: String? = nil, action: String? = nil) {
        self.device = device
        self.action = action
    }
}

/// Which button is asked for: `{"action": "record"}`.
public struct LearnQuestion: Hashable, Sendable, Codable {
    public var action: String

    public init(action: String) { self.action = action }
}

/// A request that says nothing more: `{}`.
public struct EmptyRequest: Hashable, Sendable, Codable {
    public init() {}
}
