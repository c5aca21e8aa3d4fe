using Protocol.Transport.Sockets;
using Protocol.Wire.Codec;

namespace Protocol.Transport.Connections;

/// <summary>What came of an attempt to send.</summary>
internal enum SendResult
{
    /// <summary>Everything has been handed to the kernel.</summary>
    Empty,

    /// <summary>The kernel takes no more now; the poller says when.</summary>
    Blocked,

    /// <summary>There is more, and others have waited long enough.</summary>
    Yield,

    Failed,
}

/// <summary>
/// Frames in line for one socket, in order. Small frames leave together; spliced bytes leave from where they are, files by sendfile where the
/// socket can. Owned by one connection, used on its loop's thread.
/// </summary>
internal sealed class SendQueue
{
    /// <summary>After so many bytes other connections get their turn.</summary>
    private const int BudgetBytes = 4 * 1024 * 1024;

    private Outgoing? _head;
    private Outgoing? _tail;
    private FrameCursor _cursor;

    public bool IsEmpty => _head is null;

    public void Add(Outgoing item)
    {
        item.Next = null;
        if (_tail is null)
        {
            _head = item;
        }
        else
        {
            _tail.Next = item;
        }

        _tail = item;
    }

    /// <summary>Sends what can be sent now.</summary>
    /// <param name="sent">Told of each item whose bytes have all been handed to the kernel; it must not touch the queue.</param>
    public SendResult Flush(StreamSocket socket, OutputGather gather, FrameConnection sent)
    {
        var budget = BudgetBytes;
        while (_head is not null)
        {
            if (budget <= 0)
            {
                return SendResult.Yield;
            }

            var slice = Gather(socket, gather, out var from);
            int wanted, done;
            if (gather.Bytes > 0)
            {
                wanted = gather.Bytes;
                done = socket.Send(gather, more: slice is not null);
                gather.Clear();
            }
            else if (slice is not null)
            {
                wanted = slice.LengthBytes - from;
                done = socket.SendFile(slice, from);
                if (done == StreamSocket.Unsupported)
                {
                    continue;
                }
            }
            else
            {
                wanted = done = 0;
            }

            if (done < 0)
            {
                return done == StreamSocket.WouldBlock ? SendResult.Blocked : SendResult.Failed;
            }

            Advance(done, sent);
            budget -= done;
            if (done < wanted)
            {
                // The kernel took a part: it is full, and asking again would only hear so.
                return SendResult.Blocked;
            }
        }

        return SendResult.Empty;
    }

    /// <summary>Drops everything that has not been sent, telling whoever is given.</summary>
    public void Drop(Action<Outgoing> dropped)
    {
        while (_head is { } item)
        {
            _head = (Outgoing?)item.Next;
            item.Next = null;
            item.DropFrame();
            dropped(item);
        }

        _tail = null;
        _cursor = default;
    }

    /// <summary>Collects what one call can send. Returns the file slice that comes next, if one does and the socket can send files.</summary>
    private FileSlice? Gather(StreamSocket socket, OutputGather gather, out int sliceFrom)
    {
        var cursor = _cursor;
        for (var item = _head; item is not null; item = (Outgoing?)item.Next)
        {
            while (item.Frame is not null && cursor.TryPiece(item.Frame, out var memory, out var external, out var from, out var length))
            {
                if (external is FileSlice slice && socket.CanSendFile)
                {
                    sliceFrom = from;
                    return slice;
                }

                if (external is not null)
                {
                    length = Copy(external, from, length, gather);
                    if (length == 0)
                    {
                        sliceFrom = 0;
                        return null;
                    }
                }
                else if (!gather.TryAdd(memory))
                {
                    sliceFrom = 0;
                    return null;
                }

                cursor.Move(item.Frame, length);
            }

            cursor = default;
        }

        sliceFrom = 0;
        return null;
    }

    private static int Copy(IExternalBytes external, int from, int length, OutputGather gather)
    {
        var space = gather.CopySpace();
        if (space.IsEmpty)
        {
            return 0;
        }

        var copied = external.CopyTo(from, space[..Math.Min(space.Length, length)]);
        gather.Copied(copied);
        return copied;
    }

    /// <summary>Takes so many bytes off the front, and every item that ends with them.</summary>
    private void Advance(int bytes, FrameConnection sent)
    {
        while (_head is { } item)
        {
            while (item.Frame is not null && _cursor.TryPiece(item.Frame, out _, out _, out _, out var length))
            {
                if (bytes == 0)
                {
                    return;
                }

                var step = Math.Min(bytes, length);
                _cursor.Move(item.Frame, step);
                bytes -= step;
            }

            _head = (Outgoing?)item.Next;
            _tail = _head is null ? null : _tail;
            _cursor = default;
            item.Next = null;
            item.DropFrame();
            sent.OnSent(item);
        }
    }
}
