import ArgumentParser

struct TakesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "takes", abstract: "List, show, play, export and mark what was recorded.",
        discussion: """
            Takes are asked of the daemon. Where none runs, they are read from your own store, which "takes" finds where \
            the daemon keeps it; only "play" needs the daemon.
            """,
        subcommands: [
            TakesList.self, TakesShow.self, TakesPlay.self, TakesArrange.self, TakesExport.self, TakesImport.self,
            TakesTag.self, TakesRate.self, TakesNote.self, TakesDelete.self, TakesRestore.self, TakesVerify.self,
        ], defaultSubcommand: TakesList.self)
}
