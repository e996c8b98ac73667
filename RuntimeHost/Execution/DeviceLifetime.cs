namespace KernelGen.Execution;

/// <summary>The lifetime rule of every device, for its calls and its end; it is written in <c>docs/reliability.md</c>.</summary>
/// <remarks>
/// A call is counted from its beginning to its end. <c>Dispose</c> waits until no call is counted; calls that begin later are refused, as
/// are those that were waiting for their turn. On the thread of a call, which is where progress callbacks and loggers run, what would wait
/// for that call is refused. Entering and leaving allocate nothing after the first call on a thread.
/// </remarks>
internal sealed class DeviceLifetime
{
    /// <summary>The devices whose calls this thread is in, the outermost first: a callback may run a call of another device.</summary>
    [ThreadStatic]
    private static List<DeviceLifetime>? _inside;

    private readonly object _gate = new();
    private int _calls;
    private bool _isClosing;
    private bool _isReleased;

    /// <summary>The device is being disposed, or was.</summary>
    public bool IsClosed => Volatile.Read(ref _isClosing);

    /// <summary>
    /// Begins a call that must not be begun on the thread of another one, because it waits for that or takes away what it works with.
    /// </summary>
    /// <param name="device">The device.</param>
    /// <param name="action">What is done to it, such as <c>trimmed</c>.</param>
    /// <exception cref="InvalidOperationException">This is the thread of another call.</exception>
    /// <exception cref="ObjectDisposedException">The device was disposed.</exception>
    public Call EnterAlone(IAttentionDevice device, string action)
    {
        RefuseInside(device, action);
        return Enter(device);
    }

    /// <summary>Begins a call that may also be begun on the thread of another one.</summary>
    /// <param name="device">The device.</param>
    /// <exception cref="ObjectDisposedException">The device was disposed.</exception>
    public Call Enter(IAttentionDevice device)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosing, device);
            _calls++;
        }

        (_inside ??= new(4)).Add(this);
        return new(this);
    }

    /// <summary>Ends the device: no call begins any more. Waits for those that have begun.</summary>
    /// <param name="device">The device.</param>
    /// <returns>
    /// True when the caller has to release everything and to call <see cref="Released"/>; false when that was done by another.
    /// </returns>
    /// <exception cref="InvalidOperationException">This is the thread of a call, which would wait for itself.</exception>
    public bool Close(IAttentionDevice device)
    {
        RefuseInside(device, "disposed");
        lock (_gate)
        {
            bool isFirst = !_isClosing;
            Volatile.Write(ref _isClosing, true);
            while (isFirst ? _calls > 0 : !_isReleased)
            {
                Monitor.Wait(_gate);
            }

            return isFirst;
        }
    }

    /// <summary>As <see cref="Close"/>, for a finalizer, which must not wait.</summary>
    /// <returns>True when the caller has to release everything; false when that was done, or a call is still running.</returns>
    public bool TryClose()
    {
        lock (_gate)
        {
            bool closes = !_isClosing && _calls == 0;
            Volatile.Write(ref _isClosing, _isClosing || closes);
            return closes;
        }
    }

    /// <summary>Everything has been released.</summary>
    public void Released()
    {
        lock (_gate)
        {
            _isReleased = true;
            Monitor.PulseAll(_gate);
        }
    }

    private void RefuseInside(IAttentionDevice device, string action)
    {
        if (_inside is { Count: > 0 } inside && inside.Contains(this))
        {
            throw new InvalidOperationException(
                $"{device.Name} cannot be {action} from within a call that it is running, such as from a progress callback or a logger. "
                    + "Do it after the call.");
        }
    }

    private void Leave()
    {
        _inside!.RemoveAt(_inside.LastIndexOf(this));
        lock (_gate)
        {
            if (--_calls == 0)
            {
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <summary>A call, which ends when this is disposed, on the thread that began it.</summary>
    public readonly ref struct Call(DeviceLifetime lifetime)
    {
        /// <summary>Ends the call.</summary>
        public void Dispose() => lifetime.Leave();
    }
}
