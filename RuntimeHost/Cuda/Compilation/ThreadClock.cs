using System.Diagnostics;
using System.Runtime.InteropServices;

namespace KernelGen.Cuda.Compilation;

/// <summary>The processor time of the calling thread.</summary>
internal static partial class ThreadClock
{
    private const int LinuxThreadClock = 3;

    /// <summary>The time that the thread has run so far; a clock's where the system does not tell. Of use only as a difference.</summary>
    public static TimeSpan Now
    {
        get
        {
            try
            {
                if (OperatingSystem.IsLinux() && LinuxTime(LinuxThreadClock, out Timespec time) == 0)
                {
                    return TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromTicks(time.Nanoseconds / TimeSpan.NanosecondsPerTick);
                }

                if (OperatingSystem.IsWindows() && WindowsTimes(CurrentThread(), out _, out _, out long kernel, out long user))
                {
                    return TimeSpan.FromTicks(kernel + user);
                }
            }
            catch (Exception fault) when (fault is DllNotFoundException or EntryPointNotFoundException)
            {
                // A system without the usual C library: the clock has to do.
            }

            return Stopwatch.GetElapsedTime(0);
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int LinuxTime(int clock, out Timespec time);

    [LibraryImport("kernel32", EntryPoint = "GetThreadTimes")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool WindowsTimes(nint thread, out long creation, out long exit, out long kernel, out long user);

    [LibraryImport("kernel32", EntryPoint = "GetCurrentThread")]
    private static partial nint CurrentThread();

    [StructLayout(LayoutKind.Sequential)]
    private struct Timespec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
