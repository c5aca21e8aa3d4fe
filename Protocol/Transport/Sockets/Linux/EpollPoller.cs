using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Protocol.Transport.Sockets.Linux;

/// <summary>
/// epoll, by level. Each source has a place in a table; an event carries place and generation, so that one that was taken from the kernel
/// before its source was removed reaches nobody, whoever has the place now.
/// </summary>
internal sealed unsafe class EpollPoller : Poller
{
    private const int Insert = 1;
    private const int Delete = 2;
    private const int Modify = 3;
    private const uint EPOLLIN = 0x001;
    private const uint EPOLLOUT = 0x004;
    private const uint EPOLLERR = 0x008;
    private const uint EPOLLHUP = 0x010;
    private const int MaxEvents = 256;
    private const ulong WakeMark = ulong.MaxValue;

    // struct epoll_event is packed on x86-64 only.
    private static readonly int EventBytes = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private static readonly int DataAt = EventBytes - 8;

    private readonly int _epoll;
    private readonly int _wake;
    private readonly byte* _events;
    private readonly Stack<int> _free = new();
    private Place[] _places = new Place[64];
    private int _placeCount;

    public EpollPoller()
    {
        _epoll = Check(Libc.EpollCreate(Libc.CloseOnExec), "epoll_create1");
        _wake = Check(Libc.EventFd(0, Libc.CloseOnExec | Libc.NonBlocking), "eventfd");
        _events = (byte*)NativeMemory.AllocZeroed((nuint)(MaxEvents * EventBytes));
        Control(Insert, _wake, EPOLLIN, WakeMark);
    }

    public override void Add(PollSource source, Interest interest)
    {
        if (!_free.TryPop(out var index))
        {
            index = _placeCount++;
            if (index == _places.Length)
            {
                Array.Resize(ref _places, index * 2);
            }
        }

        try
        {
            Control(Insert, Descriptor(source), Events(interest), Mark(index));
        }
        catch
        {
            _free.Push(index);
            throw;
        }

        source.PollIndex = index;
        _places[index].Source = source;
    }

    public override void Change(PollSource source, Interest interest) =>
        Control(Modify, Descriptor(source), Events(interest), Mark(source.PollIndex));

    public override void Remove(PollSource source)
    {
        var index = source.PollIndex;
        if (index < 0)
        {
            return;
        }

        Control(Delete, Descriptor(source), 0, 0);
        _places[index].Source = null;
        _places[index].Generation++;
        _free.Push(index);
        source.PollIndex = -1;
    }

    public override void Wait(int timeoutMs)
    {
        var count = Libc.EpollWait(_epoll, _events, MaxEvents, timeoutMs);
        if (count < 0)
        {
            if (Libc.Errno != Libc.EINTR)
            {
                throw new IOException($"epoll_wait: {Libc.Describe(Libc.Errno)}");
            }

            return;
        }

        for (var i = 0; i < count; i++)
        {
            var at = _events + (i * EventBytes);
            var events = Unsafe.ReadUnaligned<uint>(at);
            var mark = Unsafe.ReadUnaligned<ulong>(at + DataAt);
            if (mark == WakeMark)
            {
                ulong told;
                _ = Libc.Read(_wake, (byte*)&told, sizeof(ulong));
                continue;
            }

            ref var place = ref _places[(int)(uint)mark];
            if (place.Source is { } source && place.Generation == (uint)(mark >> 32))
            {
                source.Sink!.OnReady(Ready(events));
            }
        }
    }

    public override void Wake()
    {
        ulong one = 1;
        _ = Libc.Write(_wake, (byte*)&one, sizeof(ulong));
    }

    public override void Dispose()
    {
        _ = Libc.Close(_epoll);
        _ = Libc.Close(_wake);
        NativeMemory.Free(_events);
    }

    private static int Descriptor(PollSource source) =>
        source is LinuxSocket socket ? socket.Descriptor : ((LinuxListenSocket)source).Descriptor;

    private static uint Events(Interest interest) =>
        ((interest & Interest.Read) != 0 ? EPOLLIN : 0) | ((interest & Interest.Write) != 0 ? EPOLLOUT : 0);

    private static Interest Ready(uint events)
    {
        // The kernel reports errors and hang-ups unasked; a read finds out which.
        var broken = (events & (EPOLLERR | EPOLLHUP)) != 0;
        return ((events & EPOLLIN) != 0 || broken ? Interest.Read : 0) | ((events & EPOLLOUT) != 0 || broken ? Interest.Write : 0)
            | (broken ? Interest.Broken : 0);
    }

    private static int Check(int result, string call) => result >= 0 ? result : throw new IOException($"{call}: {Libc.Describe(Libc.Errno)}");

    private ulong Mark(int index) => ((ulong)_places[index].Generation << 32) | (uint)index;

    private void Control(int operation, int descriptor, uint events, ulong data)
    {
        var one = stackalloc byte[16];
        Unsafe.WriteUnaligned(one, events);
        Unsafe.WriteUnaligned(one + DataAt, data);
        Check(Libc.EpollControl(_epoll, operation, descriptor, one), "epoll_ctl");
    }

    private struct Place
    {
        internal PollSource? Source;
        internal uint Generation;
    }
}
