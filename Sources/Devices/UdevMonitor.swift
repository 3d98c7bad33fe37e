internal import CUdev
import Controls
import Glibc
import Transport

/// Keyboards as udev knows them: cards with `SOUND_INITIALIZED=1`, now and as they come and go.
///
/// An event is only a hint: with quick re-plugs udev delivers stale or truncated ones, so the card is read anew when an
/// event names it, its USB numbers from the device itself where udev's are missing.
public final class UdevMonitor: DeviceMonitor, @unchecked Sendable {
    // Why this is Sendable: libudev's objects are used from the conductor's thread alone, as the protocol says.

    public let descriptor: Int32
    private let udev: Context
    private let monitor: Source

    /// Starts listening; ask `keyboards` afterwards, so that none is missed.
    public init() throws(TransportError) {
        let udev = try Context()
        let monitor = try Source(udev)
        let descriptor = udev_monitor_get_fd(monitor.raw)
        try check(descriptor, "udev_monitor_get_fd")
        self.udev = udev
        self.monitor = monitor
        self.descriptor = descriptor
    }

    public func keyboards() throws(TransportError) -> [Keyboard] {
        let enumeration = try Enumeration(udev)
        try check(udev_enumerate_add_match_subsystem(enumeration.raw, "sound"), "udev_enumerate_add_match_subsystem")
        try check(udev_enumerate_add_match_sysname(enumeration.raw, "card*"), "udev_enumerate_add_match_sysname")
        try check(
            udev_enumerate_add_match_property(enumeration.raw, "SOUND_INITIALIZED", "1"),
            "udev_enumerate_add_match_property")
        try check(udev_enumerate_scan_devices(enumeration.raw), "udev_enumerate_scan_devices")
        var found: [Keyboard] = []
        var entry = udev_enumerate_get_list_entry(enumeration.raw)
        while let current = entry {
            if let path = udev_list_entry_get_name(current), let device = Device(udev, path: path),
                let keyboard = device.keyboard
            {
                found.append(keyboard)
            }
            entry = udev_list_entry_get_next(current)
        }
        return found.sorted { $0.card < $1.card }
    }

    public func nextEvent() -> DeviceEvent? {
        while let device = Device(received: monitor) {
            guard let card = device.card else { continue }
            if device.action == "remove" { return .left(card: card) }
            guard device.isReady else { continue }
            // Read anew: what the event says may be a card that is gone already.
            if let current = Device(udev, card: card), let keyboard = current.keyboard { return .arrived(keyboard) }
        }
        return nil
    }
}

@discardableResult
private func check(_ code: Int32, _ call: String) throws(TransportError) -> Int32 {
    guard code < 0 else { return code }
    throw TransportError(
        action: "watch for keyboards", cause: "\(call): \(String(cString: strerror(-code)))", code: code,
        advice: "udev's socket needs AF_NETLINK in the unit's RestrictAddressFamilies=")
}

private func checked(_ pointer: OpaquePointer?, _ call: String) throws(TransportError) -> OpaquePointer {
    guard let pointer else {
        try check(-max(1, errno), call)
        throw TransportError(action: "watch for keyboards", cause: "\(call) failed")
    }
    return pointer
}

// libudev hands out every object as the same opaque pointer; each gets a type of its own.

private struct Context: ~Copyable {
    let raw: OpaquePointer
    init() throws(TransportError) { raw = try checked(udev_new(), "udev_new") }
    deinit { udev_unref(raw) }
}

private struct Source: ~Copyable {
    let raw: OpaquePointer
    init(_ udev: borrowing Context) throws(TransportError) {
        let pointer = try checked(udev_monitor_new_from_netlink(udev.raw, "udev"), "udev_monitor_new_from_netlink")
        do throws(TransportError) {
            try check(
                udev_monitor_filter_add_match_subsystem_devtype(pointer, "sound", nil),
                "udev_monitor_filter_add_match_subsystem_devtype")
            try check(udev_monitor_enable_receiving(pointer), "udev_monitor_enable_receiving")
        } catch {
            udev_monitor_unref(pointer)
            throw error
        }
        raw = pointer
    }
    deinit { udev_monitor_unref(raw) }
}

private struct Enumeration: ~Copyable {
    let raw: OpaquePointer
    init(_ udev: borrowing Context) throws(TransportError) {
        raw = try checked(udev_enumerate_new(udev.raw), "udev_enumerate_new")
    }
    deinit { udev_enumerate_unref(raw) }
}

private struct Device: ~Copyable {
    let raw: OpaquePointer

    init?(_ udev: borrowing Context, path: UnsafePointer<CChar>) {
        guard let pointer = udev_device_new_from_syspath(udev.raw, path) else { return nil }
        raw = pointer
    }

    init?(_ udev: borrowing Context, card: Int) {
        guard let pointer = udev_device_new_from_subsystem_sysname(udev.raw, "sound", "card\(card)") else { return nil }
        raw = pointer
    }

    /// The device of the next waiting event.
    init?(received monitor: borrowing Source) {
        guard let pointer = udev_monitor_receive_device(monitor.raw) else { return nil }
        raw = pointer
    }

    deinit { udev_device_unref(raw) }

    var action: String? { text(udev_device_get_action(raw)) }

    /// The number of `cardN`; nil for the other nodes of a card.
    var card: Int? {
        guard let name = text(udev_device_get_sysname(raw)), name.hasPrefix("card") else { return nil }
        return Int(name.dropFirst(4))
    }

    var isReady: Bool { property("SOUND_INITIALIZED") == "1" }

    /// The card as a keyboard; nil for what is no card, or is gone.
    var keyboard: Keyboard? {
        // This reads udev's record once; what follows is of one moment. One that was taken away since the search is not ready.
        guard let card, isReady else { return nil }
        // The USB device above the card; owned by this one.
        let parent = udev_device_get_parent_with_subsystem_devtype(raw, "usb", "usb_device")
        func attribute(_ name: String) -> String? {
            parent.flatMap { text(udev_device_get_sysattr_value($0, name)) }
        }
        let vendor = attribute("idVendor") ?? property("ID_VENDOR_ID")
        let product = attribute("idProduct") ?? property("ID_MODEL_ID")
        // Until udev has done with a card that went, its record answers for the one that took its number: what is plugged in
        // now is not ready yet.
        if let known = property("ID_VENDOR_ID"), known != vendor { return nil }
        if let known = property("ID_MODEL_ID"), known != product { return nil }
        let usb = vendor.flatMap { vendor in product.flatMap { USBIdentity("\(vendor):\($0)") } }
        return Keyboard(
            card: card, usb: usb, serial: property("ID_SERIAL_SHORT") ?? attribute("serial"),
            path: property("ID_PATH") ?? "",
            productName: attribute("product") ?? property("ID_MODEL") ?? text(udev_device_get_sysattr_value(raw, "id"))
                ?? "sound card \(card)")
    }

    private func property(_ name: String) -> String? { text(udev_device_get_property_value(raw, name)) }

    /// Copied at once: libudev's strings live only as long as it pleases.
    private func text(_ pointer: UnsafePointer<CChar>?) -> String? { pointer.map { String(cString: $0) } }
}
