import DaemonConfiguration
import LiveSession
import Logging
import Music
import Playback

/// Another configuration while the daemon runs.
extension Conductor {
    /// Follows another configuration from now on; what the player has set by hand since stays where the file says what it said.
    ///
    /// The band plays on. Keys that only hold from the next start are named in the log.
    func reload(_ wanted: Configuration) {
        guard !isStopped else { return }
        tally.reloads += 1
        var new = wanted
        if !genres.contains(new.genre) {
            logger.warning(
                "there is no genre '\(new.genre.rawValue)', so it stays \(configuration.genre.rawValue) (there are: \(genres.map(\.rawValue).joined(separator: ", ")); choose one under [band])"
            )
            new.genre = configuration.genre
        }
        for key in new.keysThatWait(since: configuration) {
            logger.notice("\(key) has changed: that holds from the next start of the daemon")
        }
        let old = configuration
        // What waits for the next start goes on as it was.
        new.transport = old.transport
        new.socket = old.socket
        new.loopbackPort = old.loopbackPort
        new.consoleReach = old.consoleReach
        new.consoleNames = old.consoleNames
        new.metricsAreOpen = old.metricsAreOpen
        new.stateFolder = old.stateFolder
        new.journalAge = old.journalAge
        new.journalBytes = old.journalBytes
        new.training = old.training
        configuration = new
        for (keyboard, music) in desk.adopt(
            settings: new.keyboards, inputs: new.inputs, controls: new.controls)
        {
            for message in music { play(message, from: keyboard.source, at: transport.now()) }
        }
        synth.settings = new.synth
        if new.latency != old.latency, let output {
            handle(
                .routing(
                    Routing(standard: output.port.address, latencies: [output.port.address: new.latency]),
                    at: transport.now()))
        }
        handle(.settings(.init(new, genres: genres), at: transport.now()))
        if new.listens != old.listens { journal?.isPaused = !session.listens }
        look()
        showState()
        rest()
    }
}

extension Configuration {
    /// The keys that differ and can only be followed by a daemon that starts.
    func keysThatWait(since old: Configuration) -> [String] {
        var keys: [String] = []
        if transport != old.transport { keys.append("kind under [transport]") }
        if socket != old.socket { keys.append("socket under [console]") }
        if loopbackPort != old.loopbackPort { keys.append("port under [console]") }
        if consoleReach != old.consoleReach { keys.append("listen under [console]") }
        if consoleNames != old.consoleNames { keys.append("names under [console]") }
        if metricsAreOpen != old.metricsAreOpen { keys.append("metrics under [console]") }
        if stateFolder != old.stateFolder { keys.append("folder under [store]") }
        if training != old.training { keys.append("a key under [training]") }
        if journalAge != old.journalAge { keys.append("journal_hours under [capture]") }
        if journalBytes != old.journalBytes { keys.append("journal_megabytes under [capture]") }
        return keys
    }
}
