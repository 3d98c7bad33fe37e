extension Configuration {
    /// The default configuration file with every key explained.
    public static let documentation = """
        # Continuo's configuration. Every key is optional; what stands here are the defaults.

        [capture]
        # Tempo that you play to, in quarter notes a minute (20 to 400); 0: it is read from your playing, and so is the metre.
        # The metre ("4/4", "3/4", "6/8", "2/4") is that of takes at a set tempo.
        tempo = 0
        meter = "4/4"
        # A click from the start; with it, Record counts a bar in.
        click = false
        # What you play is remembered, so that Play can take what you just played: in memory for minutes, and on the disk for
        # hours (0: not at all) and megabytes, so that a power cut loses a second at most. "continuo forget" forgets it.
        listen = true
        memory_minutes = 30
        journal_hours = 24
        journal_megabytes = 16

        [band]
        # The genre that answers (jazz, pop, rock, symphony, or a model of your own), and how daring its rhythm is (0 to 1).
        genre = "pop"
        temperature = 0.3
        # Where the band comes in while your time goes on: at the next "beat", or at the next "bar".
        entrance = "beat"

        [output]
        # Where the band plays: a sequencer address ("20:0") or a part of a client's or port's name.
        # Empty: a keyboard whose profile says that it sounds, else another synth port, else a synthesizer of our own, which
        # the name "FLUID Synth (Continuo)" prefers to all of them.
        port = ""
        # How late that port sounds, in milliseconds (-150 to 150): the band is sent so much earlier.
        latency_ms = 0

        [synth]
        # A synthesizer of our own (the system's fluidsynth) for where there is no other. "auto": where there is sound hardware;
        # "on"; "off". It is ended after so many minutes of silence, and started again when you play.
        start = "auto"
        idle_minutes = 10

        # What a keyboard is for, by its name or a part of it; of two equal ones by "serial:...", by where it is plugged in,
        # "path:...", or by "usb:09e8:0076" ("continuo status" says which, where a name fits two: neither gets the settings).
        # role: "everything" (the hands are told apart), "melody", "chords" (the band follows them) or "control" (nothing that
        # it sends is music; so it is for what has no keys); split: keys below this one (60 is middle C) are chords;
        # transpose: semitones.
        # [keyboard."LPK25"]
        # role = "chords"
        # transpose = -12

        [inputs]
        # Ports that are keyboards though they have no USB device of their own: a MIDI socket of an interface with several,
        # Bluetooth, another program. Addresses ("24:0") or parts of a client's or port's name; "aconnect -i" lists them.
        ports = []

        [controls]
        # Keyboards without buttons: the two highest black keys, struck together and alone, are Play (and Stop while the band
        # plays); the soft and the sostenuto pedal do everything by how they are pressed: once accompany, while the band plays
        # next, twice stop, three times another genre, held record. "auto": on keyboards without buttons; "on"; "off".
        # gesture = "full": besides, the lowest key struck together with the nearest key above it: C records, D stops, F is next, E
        # previous, F# loop, and G, G#, A and A# are the four genres. Those pairs are no music then.
        gesture = "auto"
        pedals = "auto"
        # The sustain pedal is such a switch too, and no music.
        sustain_switch = false
        # The same keys may stand under [keyboard."NAME"] for one keyboard.

        [sync]
        # MIDI clock: a port whose clock is followed, and one that gets ours. An address or a part of a name; empty: none.
        clock_in = ""
        clock_out = ""

        [transport]
        # "alsa", "embedded" (no sequencer needed; music goes to the API's clients), or "auto".
        kind = "auto"

        [console]
        # The Unix socket of the HTTP interface. Empty: continuo.sock in the runtime directory.
        socket = ""
        # A port on 127.0.0.1 that serves it too; 0 is off.
        port = 0
        # Who can reach that port: "machine", "network" (every IPv4 address of this machine), or one address such as "192.168.1.5".
        # "continuo console --share" sets it; browsers need a ticket either way.
        listen = "machine"
        # Names under which a proxy with TLS asks for it, such as "music.example"; other names are not answered to.
        names = []
        # Who may read /metrics over that port: programs with a "token" ("continuo console" gives tickets for one), or every
        # program on this machine: "open". Nothing in it tells who plays or what.
        metrics = "token"

        [store]
        # Where takes are kept. Empty: the state directory.
        folder = ""

        [training]
        # The program that trains genres: "continuo". Empty: beside the daemon, else in PATH.
        program = ""
        # How many finished jobs are kept, and how many megabytes they may take together; the oldest are removed, never a model
        # that was released.
        keep_jobs = 20
        keep_megabytes = 4096
        # How many megabytes of the disk must be free for a job to begin.
        free_megabytes = 1024

        [log]
        # trace, debug, info, notice, warning, error, critical
        level = "info"

        """
}
