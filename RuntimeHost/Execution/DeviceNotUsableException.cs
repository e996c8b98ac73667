namespace KernelGen;

/// <summary>The device that was insisted on cannot be used.</summary>
/// <param name="message">What was tried and what to do.</param>
public sealed class DeviceNotUsableException(string message) : Exception(message);
