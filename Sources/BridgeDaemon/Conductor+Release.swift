import Logging
import MIDI
import Music
import Playback
import Transport

/// What must never go on sounding: the list of ports for after a crash, and the silence after a suspend.
extension Conductor {
    /// Begins the list of ports beside the API's socket; what a daemon that crashed left on it is released first.
    func holdPorts(_ held: HeldPorts) {
        var held = held
        if held.exists { PortRelease.release(&held, on: transport, logger) }
        heldPorts = held
    }

    /// Notes a port that is played to from now on.
    func hold(_ port: PortInfo) {
        do {
            try heldPorts?.add(port)
        } catch {
            logger.warning("cannot write the list of ports for after a crash: \(error)")
        }
    }

    /// Notes that a port is not played to any more.
    func letGo(_ port: PortInfo) {
        do {
            try heldPorts?.remove(port)
        } catch {
            logger.warning("cannot write the list of ports for after a crash: \(error)")
        }
    }

    /// Ends everything that may sound, whether there is a band or not.
    func silence() {
        releaseConsole()
        outbox = []
        transport.silence(nil, thru: true)
        endAnnounced()
        guard let output else { return }
        for message in Panic.messages() { transport.send(message, to: output.port.address) }
        desk.refresh(on: output.port.address, transport)
    }

    func drainSuspends() {
        guard let slept = suspendWatch.takeSlept() else { return }
        tally.suspends += 1
        logger.notice("the machine was suspended", metadata: ["seconds": "\(slept / 1_000_000_000)"])
        resumed()
    }

    /// After a suspend: everything that may sound is ended, a take in progress is kept, and ports and keyboards are looked at anew.
    func resumed() {
        handle(.control(.panic, at: transport.now()))
        silence()
        // Keys that were let go meanwhile were not heard.
        for (keyboard, music) in desk.gap() {
            for message in music { publishKey(message, keyboard.name, at: transport.now()) }
        }
        let new = look()
        // Those that stayed may have lost their mode all the same; those that came were woken as they came.
        desk.wakeAll(except: new, transport)
        rest()
    }
}
