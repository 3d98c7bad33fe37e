import DaemonConfiguration
import LiveSession
import Music

extension Session.Settings {
    /// - Parameter genres: those that can be played, in the order of the pads.
    init(_ configuration: Configuration, genres: [Genre]) {
        self.init(
            genres: genres, genre: configuration.genre, temperature: configuration.temperature,
            tempo: configuration.tempo, meter: configuration.meter, entrance: configuration.entrance,
            clicks: configuration.clicks, listens: configuration.listens, memory: configuration.memory)
    }
}
