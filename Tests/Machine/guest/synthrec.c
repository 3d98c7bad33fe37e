// A synthesizer that writes down what it is told to play.
//
//     synthrec [CLIENT-NAME [PORT-NAME]]        the names default to "Test Synth"
//
// It opens a sequencer port of the types that a software synthesizer has and prints one line an event:
//
//     ready 128:0                    once: the address of its port
//     <ns> 90 3c 64                  a MIDI message in hexadecimal; a long SysEx comes in several lines
//     <ns> subscribed 16:0           a port was connected, or "unsubscribed"
//     <ns> overrun                   the kernel dropped events
//
// <ns> is the real time of a sequencer queue, in nanoseconds since the start, stamped by the kernel when it
// delivered the event. Every line is written out at once, also into a pipe.

#include <alsa/asoundlib.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static void check(long result, const char *call) {
    if (result >= 0) return;
    fprintf(stderr, "synthrec: %s: %s\n", call, snd_strerror((int)result));
    exit(1);
}

static long long nanoseconds(const snd_seq_event_t *event) {
    return event->time.time.tv_sec * 1000000000LL + event->time.time.tv_nsec;
}

static snd_seq_t *open_sequencer(const char *client_name) {
    snd_seq_t *sequencer;
    check(snd_seq_open(&sequencer, "default", SND_SEQ_OPEN_DUPLEX, 0), "snd_seq_open");
    check(snd_seq_set_client_name(sequencer, client_name), "snd_seq_set_client_name");
    // Room for a burst: the default of 200 events is smaller than one second of a full band.
    check(snd_seq_set_client_pool_input(sequencer, 2000), "snd_seq_set_client_pool_input");
    check(snd_seq_set_input_buffer_size(sequencer, 2000 * sizeof(snd_seq_event_t)), "snd_seq_set_input_buffer_size");
    return sequencer;
}

static int open_port(snd_seq_t *sequencer, const char *name, int queue) {
    snd_seq_port_info_t *port;
    check(snd_seq_port_info_malloc(&port), "snd_seq_port_info_malloc");
    snd_seq_port_info_set_name(port, name);
    snd_seq_port_info_set_capability(port, SND_SEQ_PORT_CAP_WRITE | SND_SEQ_PORT_CAP_SUBS_WRITE);
    snd_seq_port_info_set_type(port, SND_SEQ_PORT_TYPE_MIDI_GENERIC | SND_SEQ_PORT_TYPE_SYNTHESIZER |
                                         SND_SEQ_PORT_TYPE_APPLICATION);
    snd_seq_port_info_set_midi_channels(port, 16);
    snd_seq_port_info_set_timestamping(port, 1);
    snd_seq_port_info_set_timestamp_real(port, 1);
    snd_seq_port_info_set_timestamp_queue(port, queue);
    check(snd_seq_create_port(sequencer, port), "snd_seq_create_port");
    int number = snd_seq_port_info_get_port(port);
    snd_seq_port_info_free(port);
    return number;
}

static void print_midi(snd_midi_event_t *decoder, const snd_seq_event_t *event) {
    static unsigned char bytes[65536];
    snd_midi_event_reset_decode(decoder);
    long count = snd_midi_event_decode(decoder, bytes, sizeof bytes, event);
    if (count <= 0) return;  // not a MIDI message
    printf("%lld", nanoseconds(event));
    for (long i = 0; i < count; i++) printf(" %02x", bytes[i]);
    printf("\n");
}

int main(int count, char **arguments) {
    const char *client_name = count > 1 ? arguments[1] : "Test Synth";
    snd_seq_t *sequencer = open_sequencer(client_name);
    int queue = snd_seq_alloc_queue(sequencer);
    check(queue, "snd_seq_alloc_queue");
    int port = open_port(sequencer, count > 2 ? arguments[2] : client_name, queue);
    check(snd_seq_start_queue(sequencer, queue, NULL), "snd_seq_start_queue");
    check(snd_seq_drain_output(sequencer), "snd_seq_drain_output");
    check(snd_seq_sync_output_queue(sequencer), "snd_seq_sync_output_queue");

    snd_midi_event_t *decoder;
    check(snd_midi_event_new(65536, &decoder), "snd_midi_event_new");
    snd_midi_event_no_status(decoder, 1);  // every message with its status byte
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("ready %d:%d\n", snd_seq_client_id(sequencer), port);

    for (;;) {
        snd_seq_event_t *event;
        int result = snd_seq_event_input(sequencer, &event);
        if (result == -EINTR) continue;
        if (result == -ENOSPC) {
            printf("0 overrun\n");
            continue;
        }
        check(result, "snd_seq_event_input");
        if (event->type == SND_SEQ_EVENT_PORT_SUBSCRIBED || event->type == SND_SEQ_EVENT_PORT_UNSUBSCRIBED)
            printf("%lld %s %d:%d\n", nanoseconds(event),
                   event->type == SND_SEQ_EVENT_PORT_SUBSCRIBED ? "subscribed" : "unsubscribed",
                   event->data.connect.sender.client, event->data.connect.sender.port);
        else
            print_midi(decoder, event);
    }
}
