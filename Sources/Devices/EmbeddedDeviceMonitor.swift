import RealTime
import Synchronization
import Transport

/// Keyboards that the program itself plugs in and pulls out, beside an embedded transport.
public final class EmbeddedDeviceMonitor: DeviceMonitor {
    private let state = Mutex((keyboards: [Keyboard](), events: [DeviceEvent]()))
    private let arrived = EventSignal()

    public init() {}

    public var descriptor: Int32 { arrived.descriptor }

    /// Plugs a keyboard in; one on the same card is replaced.
    public func plug(_ keyboard: Keyboard) {
        state.withLock { state in
            state.keyboards.removeAll { $0.card == keyboard.card }
            state.keyboards.append(keyboard)
            state.events.append(.arrived(keyboard))
            arrived.raise()
        }
    }

    /// Pulls the keyboard of a card out; nothing happens where there is none.
    public func unplug(card: Int) {
        state.withLock { state in
            guard let index = state.keyboards.firstIndex(where: { $0.card == card }) else { return }
            state.keyboards.remove(at: index)
            state.events.append(.left(card: card))
            arrived.raise()
        }
    }

    public func keyboards() throws(TransportError) -> [Keyboard] { state.withLock { $0.keyboards } }

    public func nextEvent() -> DeviceEvent? {
        state.withLock { state in
            guard !state.events.isEmpty else { return nil }
            let event = state.events.removeFirst()
            if state.events.isEmpty { arrived.clear() }
            return event
        }
    }
}
