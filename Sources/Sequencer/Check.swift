internal import CALSA
import Transport

/// The one place where a C return code of ALSA is looked at.
///
/// - Returns: the code, where it is no error.
@discardableResult
func check(_ code: Int32, _ call: String, to action: @autoclosure () -> String) throws(TransportError) -> Int32 {
    guard code < 0 else { return code }
    let action = action()
    throw TransportError(
        action: action, cause: "\(call): \(String(cString: snd_strerror(code)))", code: code,
        advice: advice(for: code, call: call))
}

/// What a person can do about an error.
func advice(for code: Int32, call: String) -> String {
    switch (call, -code) {
    case ("snd_seq_open", ENOENT), ("snd_seq_open", ENODEV), ("snd_seq_open", ENXIO):
        "is snd-seq loaded? try: modprobe snd-seq; some boards' kernels are built without CONFIG_SND_SEQUENCER"
    case ("snd_seq_open", EACCES), ("snd_seq_open", EPERM):
        "may this user use /dev/snd/seq? add them to group audio, then log in anew"
    case ("snd_seq_open", ENOMEM):
        "all 64 places for programs on the sequencer are taken; aconnect -l shows by whom"
    case ("snd_seq_subscribe_port", EPERM):
        "the port does not allow it, or another program has it for itself alone"
    case ("snd_seq_subscribe_port", ENODEV), ("snd_seq_subscribe_port", ENXIO), ("snd_seq_subscribe_port", EINVAL):
        "the port is gone; list the ports anew"
    case ("snd_seq_subscribe_port", EBUSY):
        "another program has the device open; end it, or disconnect it with aconnect -x"
    case ("snd_seq_alloc_named_queue", ENOMEM):
        "all 32 queues of the sequencer are taken"
    default: ""
    }
}
