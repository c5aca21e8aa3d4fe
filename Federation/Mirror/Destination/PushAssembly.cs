using Federation.Core.Mirroring;
using Kernel;
using Protocol.Contracts.Link;

namespace Federation.Mirror.Destination;

/// <summary>Puts batches together that were too long for one message. Owned by the reader of one stream; holds the parts of at most one push.</summary>
internal sealed class PushAssembly : IDisposable
{
    private readonly List<RentedMemory> _parts = [];
    private long _bytes;

    /// <summary>Takes a message's bytes. Returns the payload when they are whole batches, null when more has to come. Throws <see cref="InvalidDataException"/>.</summary>
    public BatchPayload? Take(Batches message, RentedMemory? records)
    {
        if (records is null)
        {
            throw new InvalidDataException("the source pushed no bytes");
        }

        if (!message.Continues && _parts.Count == 0)
        {
            return Payload(records);
        }

        _parts.Add(records);
        _bytes += records.Memory.Length;
        if (_bytes > Limits.MaxFrameBytes)
        {
            throw new InvalidDataException($"the source pushed a batch of more than {Limits.MaxFrameBytes} bytes");
        }

        if (message.Continues)
        {
            return null;
        }

        var whole = new RentedMemory((int)_bytes);
        var at = 0;
        foreach (var part in _parts)
        {
            part.Memory.CopyTo(whole.Memory[at..]);
            at += part.Memory.Length;
        }

        Dispose();
        return Payload(whole);
    }

    public void Dispose()
    {
        _parts.ForEach(p => p.Dispose());
        _parts.Clear();
        _bytes = 0;
    }

    private static BatchPayload Payload(RentedMemory memory)
    {
        var range = BatchRange.Read(memory.Memory.Span);

        // On the link there are whole batches only: what is left over is a fault of the source's.
        return new(memory.Memory, range with { IsMalformed = range.IsMalformed || range.WholeBytes != memory.Memory.Length }, memory);
    }
}
