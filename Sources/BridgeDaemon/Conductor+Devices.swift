import ConsoleAPI
import Controls
import Devices
import LiveSession
import MIDI
import Transport

/// What the API says of the keyboards, and the player's consent to buttons of weak sources.
extension Conductor {
    func devices() -> [DeviceReport] { desk.keyboards.map(report) }

    func consent(_ isGiven: Bool, device: String) async throws -> DeviceReport {
        guard !isStopped else { throw Self.ending }
        let keyboard = try keyboard(meant: device)
        guard let profile = keyboard.plugged.profile else {
            throw APIError.conflict(
                "\(keyboard.name) has no profile whose buttons could be agreed to",
                advice: "teach them: continuo learn")
        }
        var accepted = desk.accepted
        if isGiven { accepted.insert(profile.id) } else { accepted.remove(profile.id) }
        if let places = learningPlaces {
            let kept = accepted
            let failure = await Task(executorPreference: worker) { () -> String? in
                do { try places.keep(accepted: kept) } catch { return "\(error)" }
                return nil
            }.value
            if let failure { throw APIError.unavailable("the consent cannot be kept: \(failure)") }
        }
        serve(accepted: accepted)
        return report(try self.keyboard(meant: device))
    }

    /// The keyboard that an identity or a part of a name means.
    func keyboard(meant device: String) throws(APIError) -> KeyboardDesk.Connected {
        if let known = desk.keyboards.first(where: { id(of: $0) == device }) { return known }
        let part = device.lowercased()
        let fitting = part.isEmpty ? [] : desk.keyboards.filter { $0.name.lowercased().contains(part) }
        let names = (fitting.isEmpty ? desk.keyboards : fitting).map { "\($0.name) (\(id(of: $0)))" }.joined(
            separator: ", ")
        guard let found = fitting.first else {
            throw .notFound(
                "no keyboard is called \"\(device)\"",
                advice: names.isEmpty ? "none is plugged in" : "there are: \(names)")
        }
        guard fitting.count == 1 else {
            throw .conflict("\"\(device)\" fits \(fitting.count) keyboards", advice: "one of: \(names)")
        }
        return found
    }

    /// The same for the same keyboard after plugging it in again, in letters that stand in a path as they are.
    func id(of keyboard: KeyboardDesk.Connected) -> String {
        func plain(_ keyboard: Keyboard) -> String {
            let letters = keyboard.identity.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
            return String(letters).split(separator: "-").joined(separator: "-")
        }
        let own = plain(keyboard.plugged.keyboard)
        let equal = desk.keyboards.filter { plain($0.plugged.keyboard) == own }
        let place = equal.firstIndex { $0.plugged.keyboard.card == keyboard.plugged.keyboard.card } ?? 0
        return place == 0 ? own : "\(own)-\(place + 1)"
    }

    private func report(_ keyboard: KeyboardDesk.Connected) -> DeviceReport {
        let plugged = keyboard.plugged
        let match = keyboard.match
        let isAccepted = plugged.profile.map { desk.accepted.contains($0.id) } ?? false
        let buttons = (match?.buttons ?? []).map { button in
            DeviceReport.Button(
                action: button.action.name, sends: button.trigger.words, acts: button.isConfirmed || isAccepted,
                confirmed: button.isConfirmed)
        }
        let control = keyboard.controlPort
        let ports = plugged.ports.enumerated().map { index, port in
            let carries = [index + 1 == plugged.keysNumber ? "keys" : nil, port == control ? "control" : nil]
                .compactMap { $0 }
            return DeviceReport.Port(
                number: index + 1, name: port.portName,
                carries: carries.isEmpty ? nil : carries.joined(separator: " and "))
        }
        return DeviceReport(
            name: keyboard.name, id: id(of: keyboard), usb: plugged.keyboard.usb?.description,
            serial: plugged.keyboard.serial, ports: ports, profile: match?.profile.id,
            basis: match.map { "\($0.basis)" },
            confidence: match?.confidence, buttons: buttons, role: "\(keyboard.settings.role)",
            starts: keyboard.controls.instructions.joined(separator: "; or "),
            heard: unmapped[plugged.keyboard.card] ?? [],
            advice: advice(for: keyboard, buttons))
    }

    private func advice(for keyboard: KeyboardDesk.Connected, _ buttons: [DeviceReport.Button]) -> String {
        if let profile = keyboard.plugged.profile, buttons.contains(where: { !$0.acts }) {
            return "buttons of the profile \(profile.id) come from a weak source and do not act: "
                + "\"continuo devices accept '\(keyboard.name)'\" lets them, \"continuo learn\" learns the right ones"
        }
        guard !buttons.contains(where: { ["play", "record", "one-button"].contains($0.action) && $0.acts }) else {
            return ""
        }
        return keyboard.learnAdvice
    }

    /// Remembers what may be a button and means nothing yet.
    func noteUnmapped(_ event: TransportEvent, from keyboard: KeyboardDesk.Connected) {
        guard let message = event.message else { return }
        let trigger: ControlTrigger
        switch message.kind {
        case .controlChange(let channel, let number, 127)
        where ![0, 1, 7, 10, 11, 32, 64].contains(number) && number < 120:
            trigger = .control(channel, number)
        case .programChange(let channel, let program): trigger = .program(channel, program.number)
        default: return
        }
        if let port = keyboard.port(event.source), keyboard.controls.isControl(message, onPort: port) { return }
        let card = keyboard.plugged.keyboard.card
        let words = trigger.words
        guard unmapped[card]?.contains(words) != true else { return }
        unmapped[card] = Array(((unmapped[card] ?? []) + [words]).suffix(8))
    }
}

extension KeyboardDesk.Connected {
    /// How to get buttons on a keyboard without any.
    var learnAdvice: String {
        let why =
            plugged.keyboard.productName.lowercased().contains("deepcomposer")
            ? "nobody has published what the buttons of the DeepComposer keyboard send"
            : "no button of \(name) is known to start the band"
        return "\(why): \"continuo learn play record stop\" learns them in three presses"
    }
}
